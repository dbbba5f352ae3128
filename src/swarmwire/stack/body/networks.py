"""The networks of a stack, and a service's attachments to them.

Source: docker/cli cli/compose/convert/compose.go, Networks; convert/service.go,
convertServiceNetworks; cli/command/stack/deploy_composefile.go.
"""

from swarmwire.engine.address import parse_prefix
from swarmwire.stack.body.building import find, labelled, made, scoped, value_of
from swarmwire.stack.body.refusal import Refusal
from swarmwire.stack.forms.normalising import Sections
from swarmwire.stack.forms.objects import is_external, text_of
from swarmwire.stack.places import Located

_DEFAULT = "default"
_NOT_USER_DEFINED = frozenset({"default", "bridge", "host", "none"})


def attachments_of(
    stack: str, name: str, service: Located, networks: dict[str, Located]
) -> Located:
    """The networks that a service's tasks join, by name.

    Raises:
        Refusal: a network that is not defined.
    """
    given = find(service, "networks")
    joined = {} if given is None else given.value
    if not joined:
        joined = {_DEFAULT: (given or service).with_value({})}
    attachments = [
        _attachment(stack, name, network, entry, networks) for network, entry in joined.items()
    ]
    attachments.sort(key=lambda attachment: str(attachment.value["Target"].value))
    return (given or service).with_value(attachments)


def _attachment(
    stack: str, service: str, network: str, entry: Located, networks: dict[str, Located]
) -> Located:
    defined = networks.get(network)
    if defined is None and network != _DEFAULT:
        raise Refusal(f'undefined network "{network}"', entry)
    target = entry.with_value(scoped(stack, network))
    if defined is not None and text_of(defined, "name"):
        target = defined.value["name"]
    at = entry if entry.value is not None else entry.with_value({})
    aliases = list(value_of(at, "aliases") or ())
    if target.value not in _NOT_USER_DEFINED and not target.value.startswith("container:"):
        aliases.append(at.with_value(service))
    return made(
        at,
        Target=target,
        Aliases=(find(at, "aliases") or at).with_value(aliases),
        DriverOpts=find(at, "driver_opts"),
    )


def networks_of(stack: str, sections: Sections) -> tuple[dict[str, Located], tuple[str, ...]]:
    """The bodies of the networks that services use, by full name, and the external ones."""
    bodies = {}
    external = set()
    for name, at in _used(sections).items():
        network = sections.networks.get(name, at.with_value({}))
        if is_external(network):
            external.add(text_of(network, "name"))
        else:
            given = find(network, "name")
            if given is None or not given.value:
                given = network.with_value(scoped(stack, name))
            bodies[given.value] = _network_body(stack, given, network)
    return dict(sorted(bodies.items())), tuple(sorted(external))


def _used(sections: Sections) -> dict[str, Located]:
    used: dict[str, Located] = {}
    for service in sections.services.values():
        joined = value_of(service, "networks") or {_DEFAULT: service}
        for name, at in joined.items():
            used.setdefault(name, at)
    return used


def _network_body(stack: str, name: Located, network: Located) -> Located:
    return made(
        network,
        Name=name,
        Driver=find(network, "driver"),
        Options=find(network, "driver_opts"),
        Internal=find(network, "internal"),
        Attachable=find(network, "attachable"),
        IPAM=_ipam(network),
        Labels=labelled(stack, network, find(network, "labels")),
    )


def _ipam(network: Located) -> Located | None:
    ipam = find(network, "ipam")
    if ipam is None:
        return None
    driver, pools = find(ipam, "driver"), find(ipam, "config")
    if not text_of(ipam, "driver") and (pools is None or not pools.value):
        return None
    config = None
    if pools is not None and pools.value:
        config = pools.with_value([_pool(pool) for pool in pools.value])
    return made(ipam, Driver=driver, Config=config)


def _pool(pool: Located) -> Located:
    subnet = find(pool, "subnet")
    if subnet is None:
        return made(pool)
    try:
        return made(pool, Subnet=subnet.with_value(parse_prefix(subnet.value)))
    except ValueError:
        # What is no subnet is dropped silently.
        return made(pool)
