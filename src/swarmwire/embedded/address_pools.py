"""Subnets, addresses and VXLAN ids of networks, as a manager gives them out.

Source: moby daemon/libnetwork/cnmallocator; the order in which addresses are given is serial.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import chain
from typing import Final

from swarmwire import pb

_FIRST_VXLAN: Final = 4096
_SERIAL: Final = "com.docker.network.ipam.serial"
_LOCAL: Final = frozenset({"bridge", "host", "ipvlan", "macvlan", "null", "none"})

_Subnet = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address


class Exhausted(Exception):
    """There is no address, subnet or port left; the user is told nothing of it."""


class _Pool:
    """The addresses of one subnet."""

    def __init__(self, subnet: _Subnet, within: _Subnet) -> None:
        self.subnet = subnet
        self.within = within
        self._taken: set[_Address] = set()
        self._last = int(within.network_address) - 1
        if subnet.version == 4 and subnet.prefixlen < 31:
            self._taken |= {subnet.network_address, subnet.broadcast_address}

    def conflicts_with(self, other: "_Pool") -> bool:
        """Whether a manager that has given out the other one refuses this.

        A subnet with a range is held against the same range alone.
        """
        if self.within != self.subnet:
            return (self.subnet, self.within) == (other.subnet, other.within)
        return _overlap(self.subnet, other.subnet)

    def take(self, address: str) -> None:
        """Note an address as given."""
        self._taken.add(ip_address(address.partition("/")[0]))

    def give(self) -> str:
        """The next address after the last one given."""
        first, size = int(self.within.network_address), self.within.num_addresses
        for step in range(1, size + 1):
            number = first + (self._last - first + step) % size
            address = type(self.within.network_address)(number)
            if address not in self._taken:
                self._taken.add(address)
                self._last = number
                return f"{address}/{self.subnet.prefixlen}"
        raise Exhausted

    def free(self, address: str) -> None:
        """Take an address back."""
        self._taken.discard(ip_address(address.partition("/")[0]))


class AddressPools:
    """What is given out of all networks."""

    def __init__(self, cluster: pb.Cluster) -> None:
        pools = cluster.defaultAddressPool or ["10.0.0.0/8"]
        self._default = sorted((ip_network(pool) for pool in pools), key=str)
        self._size = cluster.subnetSize or 24
        self._pools: dict[str, list[_Pool]] = {}
        self._next_vxlan = _FIRST_VXLAN

    def knows(self, network_id: str) -> bool:
        """Whether a network has its subnets."""
        return network_id in self._pools

    def restore(self, network: pb.Network) -> None:
        """Note a network that was allocated before."""
        self._pools[network.id] = [_pool(config) for config in network.ipam.configs]
        for pool, config in zip(self._pools[network.id], network.ipam.configs, strict=True):
            if config.gateway:
                pool.take(config.gateway)
        ids = network.driver_state.options.get("com.docker.network.driver.overlay.vxlanid_list", "")
        for text in filter(None, ids.split(",")):
            self._next_vxlan = max(self._next_vxlan, int(text) + 1)

    def allocate(self, network: pb.Network) -> None:
        """Give a network its driver state, subnets and gateways.

        What it is given of a subnet that its spec asks for stands in the spec, too: managers keep
        one object for both.

        Raises:
            Exhausted: there is no subnet left, or it is another network's.
        """
        driver = network.spec.driver_config.name or "overlay"
        if driver in _LOCAL:
            network.driver_state.name = driver
            self._pools[network.id] = []
            return
        configs = list(network.spec.ipam.configs) or [pb.IPAMConfig()]
        network.ipam.driver.name = network.spec.ipam.driver.name or "default"
        options = network.spec.ipam.driver.options
        if options:
            options[_SERIAL] = "true"
            network.ipam.driver.options.update(options)
        pools, ids = [], []
        for wanted in configs:
            config = network.ipam.configs.add()
            config.CopyFrom(wanted)
            config.subnet = config.subnet or str(self._free_subnet())
            pool = _pool(config)
            self._refuse(pool)
            pools.append(pool)
            self._pools[network.id] = pools
            if config.gateway:
                pool.take(config.gateway)
            else:
                config.gateway = pool.give().partition("/")[0]
            wanted.CopyFrom(config)
            ids.append(str(self._next_vxlan))
            self._next_vxlan += 1
        network.driver_state.name = driver
        network.driver_state.options.update(network.spec.driver_config.options)
        key = "com.docker.network.driver.overlay.vxlanid_list"
        network.driver_state.options[key] = ",".join(ids)

    def deallocate(self, network_id: str) -> None:
        """Take a network's subnets back."""
        self._pools.pop(network_id, None)

    def give(self, network_id: str) -> str | None:
        """An address of a network, ``10.0.1.5/24``; None if a manager gives none of it.

        Raises:
            Exhausted: all are taken.
        """
        pools = self._pools.get(network_id, [])
        for pool in pools:
            try:
                return pool.give()
            except Exhausted:
                continue
        if pools:
            raise Exhausted
        return None

    def take(self, network_id: str, address: str) -> None:
        """Note an address as given."""
        pool = self._of(network_id, address)
        if pool is not None:
            pool.take(address)

    def free(self, network_id: str, addresses: Iterable[str]) -> None:
        """Take addresses back."""
        for address in addresses:
            pool = self._of(network_id, address)
            if pool is not None:
                pool.free(address)

    def _of(self, network_id: str, address: str) -> _Pool | None:
        text = address.partition("/")[0]
        pools = self._pools.get(network_id, [])
        return next((pool for pool in pools if text and ip_address(text) in pool.subnet), None)

    def _refuse(self, wanted: _Pool) -> None:
        """Refuse a subnet that a manager never gets an address of.

        Subnets of IPv6 are asked for among those of IPv4, and their addresses looked for elsewhere.

        Source: moby daemon/libnetwork/ipams/defaultipam, allocateSubnet and RequestAddress.
        """
        if wanted.subnet.version != 4 or any(map(wanted.conflicts_with, self._all_pools())):
            raise Exhausted

    def _free_subnet(self) -> _Subnet:
        taken = [pool.subnet for pool in self._all_pools()]
        given = {subnet for subnet in taken if subnet.prefixlen == self._size}
        odd = [subnet for subnet in taken if subnet.prefixlen != self._size]
        for default in self._default:
            prefix = max(self._size, default.prefixlen)
            place, end = int(default.network_address), int(default.broadcast_address)
            while place <= end:
                subnet = type(default)((place, prefix))
                blocking = [other for other in odd if _overlap(subnet, other)]
                if not blocking and subnet not in given:
                    return subnet
                place = max(int(each.broadcast_address) for each in (subnet, *blocking)) + 1
        raise Exhausted

    def _all_pools(self) -> Iterator[_Pool]:
        return chain.from_iterable(self._pools.values())


def _overlap(one: _Subnet, other: _Subnet) -> bool:
    return one.version == other.version and one.overlaps(other)


def _pool(config: pb.IPAMConfig) -> _Pool:
    subnet = ip_network(config.subnet, strict=False)
    within = ip_network(config.range, strict=False) if config.range else subnet
    return _Pool(subnet, within)
