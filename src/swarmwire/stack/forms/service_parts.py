"""Options of a service with forms of their own: hosts, ports, limits, log drivers, short forms.

Source: docker/cli cli/compose/loader/loader.go (the transformers) and merge.go;
opts/swarmopts/port.go.
"""

from typing import Final

from swarmwire.stack.forms.leaves import Leaf, Reading, Texts, UnreadableError, panic
from swarmwire.stack.forms.records import KeyedRecords, Record
from swarmwire.stack.places import GeneralMap, Located, go_type
from swarmwire.stack.texts.go_values import as_string, sprint
from swarmwire.stack.texts.ports import parse_port_spec
from swarmwire.stack.texts.volume_specs import parse_volume_spec

_MOST_PORTS: Final = 200_000


class Hosts(Leaf):
    """Names and addresses of hosts as ``name:address``; a later file adds to them."""

    def _leaf(self, located: Located) -> Located:
        value = located.value
        if isinstance(value, dict):
            entries = [
                entry.with_value(f"{key}:{as_string(entry.value)}")
                for key, entry in value.items()
                if entry.value is not None
            ]
            entries.sort(key=lambda entry: str(entry.value))
        else:
            entries = [found for entry in value if (found := _host(entry)) is not None]
        return located.with_value([_without_brackets(entry) for entry in entries])

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The hosts of two files."""
        return Texts().merge(base, other)


def _host(entry: Located) -> Located | None:
    """``name=address`` or ``name:address``; what is neither is dropped silently."""
    text = sprint(entry.value)
    for separator in "=:":
        name, found, address = text.partition(separator)
        if found:
            return entry.with_value(f"{name}:{address}")
    return None


def _without_brackets(entry: Located) -> Located:
    name, _, address = entry.value.partition(":")
    if len(address) > 2 and address[0] == "[" and address[-1] == "]":
        address = address[1:-1]
    return entry.with_value(f"{name}:{address}")


class Ports(KeyedRecords):
    """Published ports; one text may stand for many of them."""

    def _listed(self, located: Located, reading: Reading) -> list[Located]:
        ports: list[Located] = []
        for entry in located.value:
            value = entry.value
            if isinstance(value, dict) and not isinstance(value, GeneralMap):
                ports.append(entry)
            elif isinstance(value, str) or go_type(value) == "int":
                ports.extend(_published(entry, reading))
            else:
                raise UnreadableError(f"invalid type {go_type(value)} for port")
            if len(ports) > _MOST_PORTS:
                raise UnreadableError(f"more than {_MOST_PORTS} ports")
        return ports


def _published(entry: Located, reading: Reading) -> list[Located]:
    spec = parse_port_spec(str(entry.value))
    if spec.address not in {"", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        reason = f"ignoring IP-address ({entry.value}) service will listen on '0.0.0.0'"
        reading.warn("ports", reason, entry)
    # The docker command sorts what a text stands for by the target's text.
    pairs = sorted(spec.pairs(), key=lambda pair: f"{pair[0]}/{spec.protocol}")
    return [
        entry.with_value(
            {
                "protocol": entry.with_value(spec.protocol),
                "target": entry.with_value(target),
                "published": entry.with_value(published),
                "mode": entry.with_value("ingress"),
            }
        )
        for target, published in pairs
    ]


def long_reference(located: Located) -> Located:
    """A reference to a secret or config in long form.

    Raises:
        UnreadableError: neither a name nor a mapping.
    """
    value = located.value
    if isinstance(value, str):
        return located.with_value({"source": located})
    if not isinstance(value, dict) or isinstance(value, GeneralMap):
        raise UnreadableError(f"invalid type {go_type(value)} for secret")
    return located


def long_volume(located: Located) -> Located:
    """A volume in long form.

    Raises:
        ValueError: neither a short form nor a mapping.
    """
    value = located.value
    if isinstance(value, str):
        return _at(located, parse_volume_spec(value))
    if not isinstance(value, dict) or isinstance(value, GeneralMap):
        raise UnreadableError(f"invalid type {go_type(value)} for service volume")
    return located


def _at(located: Located, value: object) -> Located:
    if isinstance(value, dict):
        return located.with_value({key: _at(located, entry) for key, entry in value.items()})
    return located.with_value(value)


def long_networks(located: Located) -> Located:
    """The networks of a service as a mapping."""
    if not isinstance(located.value, list):
        return located
    entries: dict[object, Located] = {
        entry.value: entry.with_value(None) for entry in located.value
    }
    return located.with_value(entries)


def merged_network(base: Located, other: Located) -> Located:
    """A network of a service in two files: aliases of the later, options of the earlier."""
    merged = {option: base.value[option] for option in ("driver_opts",) if option in base.value}
    if "aliases" in other.value:
        merged["aliases"] = other.value["aliases"]
    return other.with_value(merged)


class Ulimit(Leaf):
    """A limit: soft and hard, or both at once."""

    def _leaf(self, located: Located) -> Located:
        value = located.value
        if go_type(value) == "int":
            return located.with_value({"single": located})
        if not isinstance(value, dict) or isinstance(value, GeneralMap):
            raise UnreadableError(f"invalid type {go_type(value)} for ulimits")
        limits = {}
        for option in ("soft", "hard"):
            entry = value.get(option)
            found = "nil" if entry is None else go_type(entry.value)
            if entry is None or found != "int":
                raise panic(f"interface conversion: interface {{}} is {found}, not int", located)
            limits[option] = entry
        return located.with_value(limits)


class Logging(Record):
    """A log driver. A later file's options are lost where the earlier file has none."""

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The log driver of two files."""
        if base is None or other is None:
            return other if base is None else base
        drivers = [one.value["driver"] for one in (base, other) if "driver" in one.value]
        names = [driver.value for driver in drivers if driver.value]
        if len(set(names)) > 1:
            return other
        merged = {"driver": next(driver for driver in drivers if driver.value)} if names else {}
        if "options" in base.value:
            options = self.options["options"]
            merged["options"] = options.merge(base.value["options"], other.value.get("options"))
        return base.with_value(merged)
