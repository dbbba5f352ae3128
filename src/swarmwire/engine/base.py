"""The base of every Engine API object: how attributes are named in JSON and when they are written.

A field that Go marks ``omitempty`` has a plain default (``""``, ``0``, ``[]``, ``None``) and is
left out of the JSON while it holds it. A field that Go always writes has ``written(...)``.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec

_T = TypeVar("_T")

_ACRONYMS = {
    "ca": "CA",
    "cas": "CAs",
    "cpus": "CPUs",
    "csi": "CSI",
    "dns": "DNS",
    "gid": "GID",
    "id": "ID",
    "ip": "IP",
    "ipam": "IPAM",
    "ips": "IPs",
    "ipv4": "IPv4",
    "ipv6": "IPv6",
    "lb": "LB",
    "os": "OS",
    "pid": "PID",
    "selinux": "SELinux",
    "tls": "TLS",
    "tty": "TTY",
    "uid": "UID",
    "url": "URL",
    "vip": "VIP",
}


def engine_name(attribute: str) -> str:
    """The JSON name of an attribute: ``nano_cpus`` is ``NanoCPUs``."""
    return "".join(_ACRONYMS.get(word, word.capitalize()) for word in attribute.split("_"))


def written(empty: Callable[[], _T], name: str | None = None) -> _T:
    """The default of a field that the engine writes even when it is empty.

    ``name`` is the JSON name where the rule does not give it.
    """
    # Typed as its value: type checkers see a default, msgspec sees its own field object.
    field: _T = msgspec.field(default_factory=empty, name=name)
    return field


class EngineObject(
    msgspec.Struct,
    rename=engine_name,
    omit_defaults=True,
    kw_only=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """Base of every Docker Engine API object.

    Attributes are in the order in which the engine writes them. Unknown keys are refused here so
    that ``engine.decode`` notices them; it then reads on as leniently as the engine does.
    """


class RedactedObject(EngineObject):
    """Base of the objects that hold a secret: a repr shows its size only."""

    def __repr__(self) -> str:
        shown = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if name in _SECRET_ATTRIBUTES and value:
                value = f"<{len(value)} bytes redacted>"
            else:
                value = repr(value)
            shown.append(f"{name}={value}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [
            (name, "<redacted>" if name in _SECRET_ATTRIBUTES else getattr(self, name))
            for name in self.__struct_fields__
        ]


_SECRET_ATTRIBUTES = frozenset(
    {"data", "signing_ca_key", "worker", "manager", "join_token", "unlock_key"}
)
