"""Values as a plan may show them: as in the Engine API's JSON, and without what may be a secret.

Plans end up in logs. Credentials of a registry never show; nor does the value of a variable, label
or option whose name speaks of a secret, nor a password within a URL or an option. Bytes show their
number only.
"""

import re
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor

from swarmwire import pb
from swarmwire.convert._time import duration_from_grpc
from swarmwire.engine._float32 import normalised
from swarmwire.plan._document import WORDS, Field, fields_of, is_map, is_repeated, short_name

HIDDEN: Final = "…"
ENVIRONMENT: Final = frozenset({"ContainerSpec.env", "PluginSpec.env"})
_CREDENTIALS: Final = frozenset({"ContainerSpec.PullOptions.registry_auth"})
_SENSITIVE = re.compile(
    r"passw|passphrase|pwd|secret|token|credential"
    r"|(?:api|private|access|encryption|account)[-_.]?key"
    r"|(?:^|[-_.])(?:auth|key|dsn|pass|cert)(?:$|[-_.])",
    re.IGNORECASE,
)
_OPTION = re.compile(r"-{1,2}[\w.-]+")
_PASSWORD_OPTION = re.compile(
    r"((?:passw(?:or)?d|pwd|pass|secret|token|credentials?|api[-_]?key|auth)[\"']?\s*[=:]\s*)"
    r"[^\s,;&]+",
    re.IGNORECASE,
)
_URL_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)")


def _duration(duration: pb.Duration) -> int | dict[str, int]:
    shown = duration_from_grpc(duration)
    again = divmod(abs(shown), 1_000_000_000)
    if again == (abs(duration.seconds), abs(duration.nanos)):
        return shown
    return {"Seconds": duration.seconds, "Nanos": duration.nanos}


def _bytes(data: bytes) -> str:
    return f"{len(data)} byte{'' if len(data) == 1 else 's'}"


LEAVES: Final[dict[str, Callable[[Any], Any]]] = {
    "google.protobuf.Duration": _duration,
    "google.protobuf.BoolValue": lambda wrapper: wrapper.value,
    "google.protobuf.Int64Value": lambda wrapper: wrapper.value,
    "google.protobuf.Any": lambda payload: {
        "TypeURL": payload.type_url,
        "Value": _bytes(payload.value),
    },
}
"""Messages that are one value in JSON."""


class Shower:
    """Makes values fit to be shown; ``hide_env`` hides the value of every variable."""

    def __init__(self, *, hide_env: bool = False) -> None:
        self._hide_env = hide_env

    def field(self, field: Field, value: Any) -> Any:
        """The value of a field: a number, a text, a message, a list or a map."""
        if is_map(field.descriptor):
            return {key: self.entry(key, value[key]) for key in sorted(value)}
        if is_repeated(field.descriptor):
            return self.items(field, value)
        return self._one(field, value)

    def items(self, field: Field, items: Iterable[Any]) -> list[Any]:
        """The elements of a list; one that follows an option for a secret is hidden."""
        shown: list[Any] = []
        expected = False
        for item in items:
            shown.append(HIDDEN if expected else self._one(field, item))
            expected = (
                isinstance(item, str)
                and _OPTION.fullmatch(item) is not None
                and _SENSITIVE.search(item.lstrip("-")) is not None
            )
        return shown

    def entry(self, key: str, value: str) -> str:
        """The value of a map's entry."""
        return HIDDEN if _SENSITIVE.search(key) else masked(value)

    def _one(self, field: Field, value: Any) -> Any:
        if isinstance(value, pb.Message):
            leaf = LEAVES.get(value.DESCRIPTOR.full_name)
            return self.message(value) if leaf is None else leaf(value)
        if field.descriptor.enum_type is not None:
            return _word(field.descriptor.enum_type, value)
        if isinstance(value, bytes):
            return _bytes(value)
        if isinstance(value, float):
            return _plain_float(value)
        if field.key in _CREDENTIALS:
            return HIDDEN
        if field.key in ENVIRONMENT:
            return self._variable(value)
        return masked(value) if isinstance(value, str) else value

    def _variable(self, variable: str) -> str:
        name, equals, value = variable.partition("=")
        if not equals:
            return name
        hidden = self._hide_env or _SENSITIVE.search(name)
        return f"{name}={HIDDEN if hidden else masked(value)}"

    def message(self, message: pb.Message) -> dict[str, Any]:
        """What is set in a message, by JSON name."""
        out: dict[str, Any] = {}
        present = {field.name: value for field, value in message.ListFields()}
        for field in fields_of(message.DESCRIPTOR):
            if field.attribute in present:
                value = self.field(field, present[field.attribute])
                name = field.name or field.attribute
                out[name] = value
        return out


def masked(text: str) -> str:
    """The text without the passwords in it."""
    return _PASSWORD_OPTION.sub(rf"\1{HIDDEN}", _URL_PASSWORD.sub(rf"\1{HIDDEN}", text))


def _word(enum: EnumDescriptor, number: int) -> str | int:
    name = short_name(enum.full_name)
    if name in WORDS:
        return WORDS[name].word.get(number, number)
    value = enum.values_by_number.get(number)
    return value.name if value is not None else number


def _plain_float(value: float) -> float | str:
    # JSON has no word for these
    return float(normalised(value)) if isfinite(value) else str(value)
