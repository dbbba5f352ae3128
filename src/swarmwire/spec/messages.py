"""Questions to messages and their descriptors that every version of protobuf answers alike."""

from typing import Final, TypeVar

from google.protobuf.descriptor import FieldDescriptor

from swarmwire import pb

_Message = TypeVar("_Message", bound=pb.Message)

_PACKAGES: Final = ("docker.swarmkit.v1.", "docker.engine.runtime.")


def copied(message: _Message) -> _Message:
    """Another message of the same content."""
    out = type(message)()
    out.CopyFrom(message)
    return out


def without_unknown_fields(message: _Message) -> _Message:
    """A copy without the fields that the schema does not know: a manager drops them, too."""
    out = copied(message)
    out.DiscardUnknownFields()  # type: ignore[no-untyped-call,unused-ignore]
    return out


def short_name(full_name: str) -> str:
    """The name of a message, an enum or a field without its package."""
    for package in _PACKAGES:
        full_name = full_name.removeprefix(package)
    return full_name


def is_repeated(field: FieldDescriptor) -> bool:
    """Whether the field is a list or a map; every version of protobuf answers in its own way."""
    newer: bool | None = getattr(field, "is_repeated", None)
    if newer is not None:
        return newer
    return bool(getattr(field, "label") == FieldDescriptor.LABEL_REPEATED)  # noqa: B009


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def is_one_value(field: FieldDescriptor) -> bool:
    """Whether the field's message is one value in JSON: a duration, a wrapper, a payload."""
    message = field.message_type
    return message is not None and message.full_name.startswith("google.protobuf.")
