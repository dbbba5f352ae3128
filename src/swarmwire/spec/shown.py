"""Values as they may be shown: as in the Engine API's JSON, and without what may be a secret.

What is shown ends up in logs. Credentials of a registry never show; nor does the value of a
variable, label or option whose name speaks of a secret, nor a password within a URL or an option.
Bytes show their number only.
"""

import re
from collections.abc import Iterable
from math import isfinite
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor

from swarmwire import pb
from swarmwire.convert.time import duration_from_grpc
from swarmwire.engine.float32 import normalised
from swarmwire.spec.document import Part, SpecField, document_of
from swarmwire.spec.messages import is_map, is_repeated
from swarmwire.spec.words import word_of

HIDDEN: Final = "…"
"""Stands for what may be a secret."""

_VARIABLES: Final = frozenset({"ContainerSpec.env", "PluginSpec.env"})
_CREDENTIALS: Final = frozenset({"ContainerSpec.PullOptions.registry_auth"})
# Compiled when the first one is needed: that takes longer than to check a service.
_SENSITIVE = (
    r"(?i)passw|passphrase|pwd|secret|token|credential"
    r"|(?:api|private|access|encryption|account)[-_.]?key"
    r"|(?:^|[-_.])(?:auth|key|dsn|pass|cert)(?:$|[-_.])"
)
_OPTION = r"-{1,2}[\w.-]+"
_IN_OPTION = (
    r"(?i)((?:passw(?:or)?d|pwd|pass|secret|token|credentials?|api[-_]?key|auth)[\"']?\s*[=:]\s*)"
    r"[^\s,;&]+"
)
_IN_URL = r"(://[^/\s:@]*:)[^/\s@]+(?=@)"


def masked(text: str) -> str:
    """The text without the passwords in it."""
    without_urls = re.sub(_IN_URL, rf"\1{HIDDEN}", text)
    return re.sub(_IN_OPTION, rf"\1{HIDDEN}", without_urls)


def is_sensitive(name: str) -> bool:
    """Whether the name of a variable, label or option speaks of a secret."""
    return re.search(_SENSITIVE, name) is not None


def size_of(data: bytes) -> str:
    """How bytes show: ``3 bytes``."""
    return f"{len(data)} byte{'' if len(data) == 1 else 's'}"


class Display:
    """Makes values fit to be shown; ``hide_env`` hides the value of every variable."""

    def __init__(self, *, hide_env: bool = False) -> None:
        self._hide_env = hide_env

    def field(self, field: SpecField, value: Any) -> Any:
        """The value of a field: a number, a text, a message, a list or a map."""
        if is_map(field.descriptor):
            return {str(key): self.entry(field, str(key), value[key]) for key in sorted(value)}
        if is_repeated(field.descriptor):
            return self.items(field, value)
        return self._one(field, value)

    def items(self, field: SpecField, items: Iterable[Any]) -> list[Any]:
        """The elements of a list; one that follows an option for a secret is hidden."""
        shown: list[Any] = []
        expected = False
        for item in items:
            shown.append(HIDDEN if expected else self._one(field, item))
            expected = (
                isinstance(item, str)
                and re.fullmatch(_OPTION, item) is not None
                and is_sensitive(item.lstrip("-"))
            )
        return shown

    def entry(self, field: SpecField, key: str, value: Any) -> Any:
        """The value of a map's entry."""
        if is_sensitive(key):
            return HIDDEN
        if isinstance(value, pb.Message):
            return self.message(document_of(value.DESCRIPTOR), value)
        entry = field.descriptor.message_type
        assert entry is not None
        return _plain(entry.fields_by_name["value"], value)

    def _one(self, field: SpecField, value: Any) -> Any:
        if isinstance(value, pb.Message):
            return _one_value(value) if field.part is None else self.message(field.part, value)
        if field.key in _CREDENTIALS:
            return HIDDEN
        if field.key in _VARIABLES:
            return self._variable(value)
        return _plain(field.descriptor, value)

    def _variable(self, variable: str) -> str:
        name, equals, value = variable.partition("=")
        if not equals:
            return name
        hidden = self._hide_env or is_sensitive(name)
        return f"{name}={HIDDEN if hidden else masked(value)}"

    def message(self, part: Part, message: pb.Message) -> dict[str, Any]:
        """What is set in a message, by JSON name."""
        out: dict[str, Any] = {}
        present = {field.name: value for field, value in message.ListFields()}
        for field in part.fields:
            if field.attribute not in present:
                continue
            value = self.field(field, present[field.attribute])
            if field.steps and not field.is_outside:
                out[".".join(field.steps)] = value
            elif field.part is not None:
                out |= value
            else:
                out[field.attribute] = value
        return out


def _plain(field: FieldDescriptor, value: Any) -> Any:
    """A number, a text or bytes."""
    if field.enum_type is not None:
        return word_of(field.enum_type, value)
    if isinstance(value, bytes):
        return size_of(value)
    if isinstance(value, float):
        # JSON has no word for a number that is none
        return float(normalised(value)) if isfinite(value) else str(value)
    return masked(value) if isinstance(value, str) else value


def _one_value(message: Any) -> Any:
    """A message of protobuf's own: a duration, a wrapper, a payload."""
    name = message.DESCRIPTOR.full_name
    if name == "google.protobuf.Duration":
        return _duration(message)
    if name == "google.protobuf.Any":
        return {"TypeURL": message.type_url, "Value": size_of(message.value)}
    fields = message.DESCRIPTOR.fields
    values = {
        field.name.capitalize(): _plain(field, getattr(message, field.name)) for field in fields
    }
    return values["Value"] if list(values) == ["Value"] else values


def _duration(duration: pb.Duration) -> int | dict[str, int]:
    shown = duration_from_grpc(duration)
    again = divmod(abs(shown), 1_000_000_000)
    if again == (abs(duration.seconds), abs(duration.nanos)):
        return shown
    return {"Seconds": duration.seconds, "Nanos": duration.nanos}
