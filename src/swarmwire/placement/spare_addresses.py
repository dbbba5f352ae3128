"""The addresses that networks have left, while tasks come and go.

Source: SwarmKit manager/allocator/network.go; the facts of ``scheduling.addresses``.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from swarmwire import pb
from swarmwire.networks import is_ingress
from swarmwire.scheduling import AddressDemand, Cluster, addresses
from swarmwire.scheduling.addresses import AddressHolders


class SpareAddresses:
    """Who gets an address, in the order of asking; and how many were wanted at most."""

    def __init__(self, cluster: Cluster, networks: Sequence[pb.Network]) -> None:
        """Begin with what is held in a cluster."""
        self._use = addresses(cluster, networks)
        self._ingress = {network.id for network in networks if is_ingress(network)}
        held = AddressHolders(cluster)
        self._services = {each: set(held.services.get(each, ())) for each in self._use}
        self._tasks = {each: set(held.tasks.get(each, ())) for each in self._use}
        self._nodes = {each: set(held.nodes.get(each, ())) for each in self._use}
        self._vips: Counter[str] = Counter()
        self._fresh: dict[str, set[str]] = {each: set() for each in self._use}
        self._without: dict[str, set[str]] = {each: set() for each in self._use}
        self._wanted: Counter[str] = Counter()
        self._most: Counter[str] = Counter()

    def enter(self, service: pb.Service, networks: Iterable[str]) -> None:
        """A service wants a virtual address in each of its networks."""
        if service.spec.endpoint.mode != pb.EndpointSpec.VIP:
            return
        for each in networks:
            if each in self._use and service.id not in self._services[each]:
                self._vips[each] += 1
                if self._free(each) > 0:
                    self._services[each].add(service.id)

    def want(self, task: pb.Task) -> None:
        """A new task wants an address in each of its networks."""
        for each in self._networks(task):
            self._wanted[each] += 1
            self._most[each] = max(self._most[each], self._wanted[each])

    def take(self, task: pb.Task, service: pb.Service) -> bool:
        """Give a task its addresses, all or none. Without a virtual one its service gets none."""
        mine = self._networks(task)
        virtual = service.spec.endpoint.mode == pb.EndpointSpec.VIP
        if virtual and any(service.id not in self._services[each] for each in mine):
            self._try_again(service, mine)
            if any(service.id not in self._services[each] for each in mine):
                return False
        if any(self._free(each) <= 0 for each in mine):
            return False
        for each in mine:
            self._tasks[each].add(task.id)
        return True

    def release(self, task_id: str) -> None:
        """A task is over."""
        for each, holders in self._tasks.items():
            if task_id in holders:
                holders.discard(task_id)
                self._wanted[each] -= 1

    def arrive(self, task: pb.Task, node: str) -> None:
        """A task came to a node, which wants an address, too."""
        for each in self._networks(task):
            if each in self._ingress or node in self._nodes[each]:
                continue
            self._fresh[each].add(node)
            if self._free(each) > 0:
                self._nodes[each].add(node)
                self._without[each].discard(node)
            else:
                self._without[each].add(node)

    def demands(self, stay_new: Iterable[pb.Task]) -> tuple[AddressDemand, ...]:
        """What was wanted of each network, most at a time. ``stay_new`` are those without."""
        without = Counter(each for task in stay_new for each in self._networks(task))
        found = (
            AddressDemand(
                use=use,
                services=self._vips[each],
                tasks=self._most[each],
                nodes=len(self._fresh[each]),
                stay_new=without[each] if self._free(each) <= 0 else 0,
                nodes_without=len(self._without[each]),
            )
            for each, use in self._use.items()
        )
        return tuple(each for each in found if each.adds)

    def _networks(self, task: pb.Task) -> list[str]:
        return [each.network.id for each in task.networks if each.network.id in self._use]

    def _free(self, network: str) -> int:
        held = self._services[network], self._tasks[network], self._nodes[network]
        return self._use[network].size - sum(map(len, held))

    def _try_again(self, service: pb.Service, networks: Iterable[str]) -> None:
        for each in networks:
            if self._free(each) > 0:
                self._services[each].add(service.id)
