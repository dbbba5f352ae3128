"""What objects of a stack have to do with each other: references, ports, what nobody uses."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from swarmwire import engine
from swarmwire.check._finding import Finding
from swarmwire.check.stack._places import Path, Spot, Spots, finding
from swarmwire.stack import Bodies
from swarmwire.stack.forms.normalising import Sections
from swarmwire.stack.forms.objects import is_external, text_of
from swarmwire.stack.places import Located

_DEFAULT: Final = "default"
_INGRESS: Final = "ingress"


class _Reference(NamedTuple):
    service: str
    section: str
    name: str
    located: Located


def references(sections: Sections) -> Iterator[_Reference]:
    """Every reference of a service to another object of the file."""
    for service, body in sections.services.items():
        networks = body.value.get("networks")
        for name, entry in (networks.value if networks is not None else {}).items():
            yield _Reference(service, "networks", name, entry)
        if networks is None or not networks.value:
            yield _Reference(service, "networks", _DEFAULT, body)
        for section in ("secrets", "configs", "volumes"):
            for entry in body.value.get(section, body.with_value([])).value:
                source = entry.value.get("source")
                if source is not None and (section != "volumes" or _is_named(entry)):
                    yield _Reference(service, section, source.value, source)
        config = body.value.get("credential_spec", body.with_value({})).value.get("config")
        if config is not None and config.value:
            yield _Reference(service, "configs", config.value, config)


def _is_named(volume: Located) -> bool:
    kind, source = text_of(volume, "type") or "volume", text_of(volume, "source")
    is_group = kind == "cluster" and source.startswith("group:")
    return kind in {"volume", "cluster"} and bool(source) and not is_group


def undefined(sections: Sections, spots: Spots) -> tuple[list[Finding], Sections]:
    """References to what the files do not define; and sections in which nothing is undefined.

    So that the docker command's first refusal does not hide the others.
    """
    found = []
    defined = {name: dict(value) for name, value in sections._asdict().items()}
    for reference in references(sections):
        service, section, name, located = reference
        if name in defined[section] and name in getattr(sections, section):
            continue
        if section == "networks" and name == _DEFAULT:
            continue
        kind = section.removesuffix("s")
        rule = f'service {service}: undefined {kind} "{name}"'
        spot = spots.at(located.place, ("services", service))
        fix = f"define it under {section}, external: true if it is there already"
        found.append(finding("error", spot, rule, code="undefined-reference", fix=fix))
        external = located.with_value({"external": located.with_value(True)})
        outside = {"external": external, "name": located.with_value(name)}
        defined[section][name] = located.with_value(outside)
    return found, Sections(**defined)


_UNUSED: Final = {
    "networks": "no service joins it: the docker command does not create it",
    "volumes": "no service mounts it: nothing creates it",
    "secrets": "no service uses it; the docker command creates it all the same",
    "configs": "no service uses it; the docker command creates it all the same",
}


def unused(sections: Sections) -> Iterator[tuple[Path, Finding]]:
    """Objects that no service uses, by their path."""
    used = {(one.section, one.name) for one in references(sections)}
    for section, rule in _UNUSED.items():
        for name, one in getattr(sections, section).items():
            if (section, name) in used:
                continue
            spot = Spot((section, name), one.key or one.place)
            text = "no service uses it" if is_external(one) else rule
            fix = "take it out, or let a service use it"
            yield spot.path, finding("hint", spot, text, code="unused-object", fix=fix)


def named_networks(sections: Sections) -> Iterator[Finding]:
    """Networks with names of their own, which may be taken."""
    used = {one.name for one in references(sections) if one.section == "networks"}
    for name, one in sections.networks.items():
        given = text_of(one, "name")
        if name in used and given and not is_external(one):
            located = one.value["name"]
            spot = Spot(("networks", name, "name"), located.key or located.place)
            rule = (
                f"failed to create network {given} is what comes of it if the swarm has a network "
                "of this name that is not the stack's: the docker command always tries to create it"
            )
            fix = "external: true if it is there before, or no name"
            yield finding("hint", spot, rule, code="network-name", fix=fix)


def ports_used_twice(bodies: Bodies, spots: Spots) -> Iterator[Finding]:
    """Published ports of a service that a service before it publishes, too."""
    taken: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    for service, body in bodies.services.items():
        ports = [] if body.endpoint_spec is None else body.endpoint_spec.ports
        own: list[tuple[tuple[str, int], tuple[str, str, str]]] = []
        for index, port in enumerate(ports):
            if not port.published_port:
                continue
            key = (port.protocol or "tcp", port.published_port)
            mode = port.publish_mode or _INGRESS
            own.append((key, (service, body.name, mode)))
            place = bodies.source_map.place("services", service, "EndpointSpec", "Ports", index)
            spot = spots.at(place, ("services", service))
            found = _conflict(port, mode, taken.get(key, []), spot)
            if found is not None:
                yield found
        for key, one in own:
            taken.setdefault(key, []).append(one)


def _conflict(
    port: engine.PortConfig, mode: str, before: list[tuple[str, str, str]], spot: Spot
) -> Finding | None:
    for service, name, other in before:
        if _INGRESS in (mode, other):
            how = "an ingress port" if other == _INGRESS else "a host-published port"
            return finding(
                "error",
                spot,
                f"port '{port.published_port}' is already in use by service '{name}' as {how}",
                code="port-used-twice",
                source="manager",
                fix=f"publish another port, here or in services.{service}",
            )
        return finding(
            "hint",
            spot,
            f"service '{name}' publishes this port on its nodes, too: no node can run both",
            code="port-used-twice",
            source="scheduler",
            fix="publish another port, or keep the two services on different nodes",
        )
    return None
