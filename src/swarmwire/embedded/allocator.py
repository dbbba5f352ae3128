"""The allocator: subnets for networks, ports and addresses for services, tasks and nodes.

A task that has all of it goes from ``NEW`` to ``PENDING``. Source: SwarmKit manager/allocator.
"""

from typing import Final

from swarmwire import pb
from swarmwire.control.memory import REMOVE as REMOVED
from swarmwire.control.memory import Committed, StoreChange
from swarmwire.embedded.address_pools import AddressPools, Exhausted
from swarmwire.embedded.batch import Batch
from swarmwire.embedded.port_allocator import PortAllocator, host_ports_differ, ports_allocated
from swarmwire.embedded.states import NEW, PENDING, RUNNING, SECOND, copied, of_kinds, set_moment
from swarmwire.networks import is_ingress

_RETRY: Final = 300 * SECOND
_HOST: Final = pb.PortConfig.HOST
_INGRESS: Final = pb.PortConfig.INGRESS
_DNSRR: Final = pb.EndpointSpec.DNSRR


class Allocator:
    """What is given out, and what waits for it."""

    name = "allocator"

    def __init__(self) -> None:
        self._pools: AddressPools
        self._ports = PortAllocator()
        self._with_vips: set[str] = set()
        self._held: dict[str, list[tuple[str, str]]] = {}
        """The addresses of tasks and nodes, by their ID: pairs of network and address."""
        self._inbox: list[list[StoreChange]] = []
        self._waiting: dict[str, None] = {}
        """Tasks that are new."""
        self._stuck: dict[str, None] = {}
        """Networks and services for which nothing was left."""
        self._something_freed = False
        self._last_try = 0

    def begin(self, batch: Batch, now: int) -> int | None:
        """Note what was given out before, then give out what is missing."""
        self._pools = AddressPools(batch.cluster())
        self._last_try = now
        self._restore_all(batch)
        for network in batch.all("network"):
            self._allocate_network(batch, network.id)
        for service in batch.all("service"):
            self._allocate_service(batch, service.id)
        for task in batch.all("task"):
            self._hear_task(batch, task)
        for node in batch.all("node"):
            self._allocate_node(batch, node.id)
        self._allocate_tasks(batch, now)
        return None

    def _restore_all(self, batch: Batch) -> None:
        for network in batch.all("network"):
            if network.HasField("driver_state"):
                self._pools.restore(network)
        for service in batch.all("service"):
            self._ports.restore(service)
            for vip in service.endpoint.virtual_ips:
                self._with_vips.add(service.id)
                self._pools.take(vip.network_id, vip.addr)
        for node in batch.all("node"):
            self._restore(node.id, node.attachments)
        for task in batch.all("task"):
            if task.status.state <= RUNNING:
                self._restore(task.id, task.networks)

    def notice(self, done: Committed) -> bool:
        """Note networks, services, tasks and nodes."""
        changes = of_kinds(done, "network", "service", "task", "node")
        if changes:
            self._inbox.append(changes)
        return bool(changes)

    def step(self, batch: Batch, now: int) -> int | None:
        """Give out what is missing, transaction by transaction."""
        inbox, self._inbox = self._inbox, []
        for changes in inbox:
            for change in changes:
                self._hear(batch, change)
            self._allocate_tasks(batch, now)
            if self._something_freed or now - self._last_try > _RETRY:
                self._try_again(batch, now)
        return None

    def _hear(self, batch: Batch, change: StoreChange) -> None:
        gone, one = change.action == REMOVED, change.new
        if change.kind == "network":
            if gone:
                self._pools.deallocate(one.id)
                self._something_freed = True
            else:
                self._allocate_network(batch, one.id)
        elif change.kind == "service":
            if gone:
                self._free_service(copied(one))
            else:
                self._allocate_service(batch, one.id)
        elif change.kind == "node":
            if gone:
                self._free(one.id)
            else:
                self._allocate_node(batch, one.id)
        elif gone:
            self._free(one.id)
            self._allocate_node(batch, one.node_id)
        else:
            self._hear_task(batch, one)

    def _try_again(self, batch: Batch, now: int) -> None:
        self._something_freed = False
        self._last_try = now
        stuck, self._stuck = self._stuck, {}
        for id_ in stuck:
            self._allocate_network(batch, id_)
            self._allocate_service(batch, id_)
        self._allocate_tasks(batch, now)

    # networks

    def _allocate_network(self, batch: Batch, id_: str) -> None:
        network: pb.Network | None = batch.get("network", id_)
        if network is None or self._pools.knows(id_):
            return
        new = copied(network)
        try:
            self._pools.allocate(new)
        except Exhausted:
            self._pools.deallocate(id_)
            self._stuck[id_] = None
            return
        batch.cut()
        batch.put("network", new)
        batch.cut()

    # services

    def _allocate_service(self, batch: Batch, id_: str) -> None:
        service = batch.service(id_)
        if service is None:
            return
        if self._is_allocated(batch, service):
            if not host_ports_differ(service):
                return
            new = copied(service)
            _update_host_ports(new)
        else:
            new = copied(service)
            try:
                self._fill_service(batch, new)
            except Exhausted:
                self._stuck[id_] = None
                return
        if new != service:
            batch.cut()
            batch.put("service", new)
            batch.cut()

    def _is_allocated(self, batch: Batch, service: pb.Service) -> bool:
        """Whether a service has all that its spec wants. Source: isServiceAllocated."""
        vips = [vip.network_id for vip in service.endpoint.virtual_ips]
        wanted = self._networks_of(batch, service)
        dnsrr = service.spec.endpoint.mode == _DNSRR
        if wanted and not dnsrr:
            given = service.id in self._with_vips and vips
            if not given or not set(wanted) <= set(vips):
                return False
        ingress = self._ingress_of(batch, service)
        if any(vip not in (*wanted, ingress) for vip in vips):
            return False
        if dnsrr and service.id in self._with_vips:
            return False
        if service.spec.endpoint.ports or service.endpoint.ports:
            return ports_allocated(service)
        return True

    def _fill_service(self, batch: Batch, service: pb.Service) -> None:
        if not service.spec.HasField("endpoint") and service.HasField("endpoint"):
            self._free_service(service)
            del service.endpoint.virtual_ips[:]
        ingress = self._ingress_of(batch, service)
        if ingress is None and _publishes(service):
            raise Exhausted
        self._ports.allocate(service)
        service.endpoint.SetInParent()
        service.endpoint.ClearField("spec")
        if service.spec.HasField("endpoint"):
            service.endpoint.spec.CopyFrom(service.spec.endpoint)
        dnsrr = service.spec.endpoint.mode == _DNSRR
        wanted = [] if dnsrr else self._networks_of(batch, service)
        if ingress is not None and not dnsrr:
            wanted = [ingress, *(id_ for id_ in wanted if id_ != ingress)]
        self._fill_vips(service, wanted)

    def _fill_vips(self, service: pb.Service, wanted: list[str]) -> None:
        known = {vip.network_id: vip.addr for vip in service.endpoint.virtual_ips}
        for id_ in set(known) - set(wanted):
            self._pools.free(id_, [known[id_]])
            self._something_freed = True
        del service.endpoint.virtual_ips[:]
        try:
            for id_ in wanted:
                address = known.get(id_) or self._pools.give(id_) or ""
                service.endpoint.virtual_ips.add(network_id=id_, addr=address)
        except Exhausted:
            self._ports.deallocate(service)
            for vip in service.endpoint.virtual_ips:
                if vip.network_id not in known:
                    self._pools.free(vip.network_id, [vip.addr])
            raise
        if wanted:
            self._with_vips.add(service.id)
        else:
            self._with_vips.discard(service.id)

    def _free_service(self, service: pb.Service) -> None:
        self._ports.deallocate(service)
        for vip in service.endpoint.virtual_ips:
            if vip.addr:
                self._pools.free(vip.network_id, [vip.addr])
        self._with_vips.discard(service.id)
        self._stuck.pop(service.id, None)
        self._something_freed = True

    def _networks_of(self, batch: Batch, service: pb.Service) -> list[str]:
        attached = service.spec.task.networks or service.spec.networks
        found = (batch.get("network", each.target) for each in attached)
        return [network.id for network in found if network is not None]

    def _ingress_of(self, batch: Batch, service: pb.Service) -> str | None:
        """The ingress network's ID, if a service needs it and there is one."""
        if not _publishes(service):
            return None
        return next((each.id for each in batch.all("network") if is_ingress(each)), None)

    # tasks

    def _hear_task(self, batch: Batch, seen: pb.Task) -> None:
        task = batch.task(seen.id)
        if task is None:
            return
        if task.status.state > RUNNING:
            if self._held.get(task.id):
                self._free(task.id)
                self._allocate_node(batch, task.node_id)
            self._waiting.pop(task.id, None)
            return
        if task.node_id and task.networks:
            self._allocate_node(batch, task.node_id)
        if task.status.state == NEW:
            self._waiting[task.id] = None
        else:
            self._waiting.pop(task.id, None)

    def _allocate_tasks(self, batch: Batch, now: int) -> None:
        batch.cut()
        for id_ in list(self._waiting):
            task = batch.task(id_)
            if task is None or task.status.state != NEW:
                del self._waiting[id_]
                continue
            try:
                new = self._fill_task(batch, task)
            except Exhausted:
                self._free(id_)
                continue
            if new is None:
                continue
            new.status.state = PENDING
            new.status.message = "pending task scheduling"
            set_moment(new.status.timestamp, now)
            del self._waiting[id_]
            batch.put("task", new)
        batch.cut()

    def _fill_task(self, batch: Batch, task: pb.Task) -> pb.Task | None:
        """The task with its addresses; None if its service has to have its own first."""
        service = batch.service(task.service_id)
        if task.service_id and service is None:
            return None
        if service is not None and not self._is_allocated(batch, service):
            return None
        new = copied(task)
        if service is not None and service.HasField("endpoint"):
            new.endpoint.CopyFrom(service.endpoint)
        if not new.networks:
            self._attach(batch, new, service)
        for attachment in new.networks:
            network: pb.Network = attachment.network
            if not self._pools.knows(network.id):
                raise Exhausted
            if not attachment.addresses:
                address = self._pools.give(network.id)
                if address is not None:
                    attachment.addresses.append(address)
                    self._held.setdefault(task.id, []).append((network.id, address))
        return new

    def _attach(self, batch: Batch, task: pb.Task, service: pb.Service | None) -> None:
        """Note the networks of a task. Source: taskCreateNetworkAttachments."""
        ingress = None if service is None else self._ingress_of(batch, service)
        if ingress is not None:
            task.networks.add().network.MergeFrom(batch.get("network", ingress) or pb.Network())
        spec = task.spec.networks
        if not spec and service is not None:
            spec = service.spec.networks
        for wanted in spec:
            network = batch.get("network", wanted.target)
            if network is not None:
                attachment = task.networks.add(aliases=wanted.aliases, addresses=wanted.addresses)
                attachment.network.CopyFrom(network)
                attachment.driver_attachment_opts.update(wanted.driver_attachment_opts)

    # nodes

    def _allocate_node(self, batch: Batch, id_: str) -> None:
        """Give a node an address in each network of its tasks. Source: reallocateNode."""
        node = batch.node(id_) if id_ else None
        if node is None:
            return
        wanted = self._networks_on(batch, id_)
        known = {each.network.id for each in node.attachments}
        if known == set(wanted):
            return
        new = copied(node)
        del new.attachments[:]
        for each in node.attachments:
            if each.network.id in wanted:
                new.attachments.append(each)
            else:
                self._pools.free(each.network.id, each.addresses)
                self._something_freed = True
        for network_id, network in wanted.items():
            if network_id in known:
                continue
            try:
                address = self._pools.give(network_id)
            except Exhausted:
                continue
            attachment = new.attachments.add(addresses=[address] if address else [])
            attachment.network.CopyFrom(network)
        if new != node:
            batch.cut()
            batch.put("node", new)
            batch.cut()

    def _networks_on(self, batch: Batch, node_id: str) -> dict[str, pb.Network]:
        found: dict[str, pb.Network] = {}
        for task in batch.tasks_on(node_id):
            if task.status.state <= RUNNING:
                for each in task.networks:
                    if each.network.driver_state.name == "overlay":
                        found.setdefault(each.network.id, each.network)
        for network in batch.all("network"):
            if is_ingress(network) and network.HasField("driver_state"):
                found.setdefault(network.id, network)
        return found

    def _restore(self, holder: str, attachments: "list[pb.NetworkAttachment]") -> None:
        for each in attachments:
            for address in each.addresses:
                self._pools.take(each.network.id, address)
                self._held.setdefault(holder, []).append((each.network.id, address))

    def _free(self, holder: str) -> None:
        for network_id, address in self._held.pop(holder, ()):
            self._pools.free(network_id, [address])
            self._something_freed = True


def _publishes(service: pb.Service) -> bool:
    """Whether a service needs the ingress network. Source: IsIngressNetworkNeeded."""
    if service.spec.endpoint.mode == _DNSRR:
        return False
    return any(port.publish_mode == _INGRESS for port in service.spec.endpoint.ports)


def _update_host_ports(service: pb.Service) -> None:
    """Take over ports on hosts as the spec has them. Source: updatePortsInHostPublishMode."""
    kept = [port for port in service.endpoint.ports if port.publish_mode != _HOST]
    wanted = [port for port in service.spec.endpoint.ports if port.publish_mode == _HOST]
    ports = [copied(port) for port in (*kept, *wanted)]
    del service.endpoint.ports[:]
    service.endpoint.ports.extend(ports)
    service.endpoint.spec.CopyFrom(service.spec.endpoint)
