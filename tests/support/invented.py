"""The schema as a later SwarmKit may have it: fields of every kind that no table of ours names."""

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    message_factory,
    timestamp_pb2,
    wrappers_pb2,
)

from swarmwire import pb

_FIELD = descriptor_pb2.FieldDescriptorProto
_KINDS = {
    "later_text": (_FIELD.TYPE_STRING, ""),
    "later_bytes": (_FIELD.TYPE_BYTES, ""),
    "later_flag": (_FIELD.TYPE_BOOL, ""),
    "later_number": (_FIELD.TYPE_INT64, ""),
    "later_float": (_FIELD.TYPE_DOUBLE, ""),
    "later_enum": (_FIELD.TYPE_ENUM, ".docker.swarmkit.v1.ResourceType"),
    "later_message": (_FIELD.TYPE_MESSAGE, ".docker.swarmkit.v1.Platform"),
    "later_time": (_FIELD.TYPE_MESSAGE, ".google.protobuf.Timestamp"),
    "later_wrapper": (_FIELD.TYPE_MESSAGE, ".google.protobuf.StringValue"),
    "later_length": (_FIELD.TYPE_MESSAGE, ".google.protobuf.Duration"),
}
LISTS = ("later_text", "later_bytes", "later_number", "later_message", "later_length")


def _add(message, name, label, kind):
    type_, type_name = kind
    message.field.add(
        name=name,
        number=500 + len(message.field),
        label=label,
        type=type_,
        type_name=type_name or None,
    )


def _add_map(message, full_name, name, kind):
    entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
    entry.options.map_entry = True
    type_, type_name = kind
    entry.field.add(name="key", number=1, label=_FIELD.LABEL_OPTIONAL, type=_FIELD.TYPE_STRING)
    entry.field.add(
        name="value", number=2, label=_FIELD.LABEL_OPTIONAL, type=type_, type_name=type_name or None
    )
    of_entry = (_FIELD.TYPE_MESSAGE, f"{full_name}.{entry.name}")
    _add(message, name, _FIELD.LABEL_REPEATED, of_entry)


def _extend(message, package):
    full_name = f"{package}.{message.name}"
    for nested in message.nested_type:
        if not nested.options.map_entry:
            _extend(nested, full_name)
    if message.name == "Platform":
        return  # it is in all others
    for name, kind in _KINDS.items():
        _add(message, name, _FIELD.LABEL_OPTIONAL, kind)
    for name in LISTS:
        _add(message, f"{name}_list", _FIELD.LABEL_REPEATED, _KINDS[name])
    for name in ("later_text", "later_message"):
        _add_map(message, full_name, f"{name}_map", _KINDS[name])


def later(name):
    """The message class of that name in a schema where each message has more fields."""
    pool = descriptor_pool.DescriptorPool()
    for module in (any_pb2, duration_pb2, timestamp_pb2, wrappers_pb2):
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    for descriptor in (pb.Annotations.DESCRIPTOR.file, pb.ServiceSpec.DESCRIPTOR.file):
        file = descriptor_pb2.FileDescriptorProto()
        descriptor.CopyToProto(file)
        if "google/protobuf/timestamp.proto" not in file.dependency:
            file.dependency.append("google/protobuf/timestamp.proto")
        for needed in ("wrappers", "duration"):
            if f"google/protobuf/{needed}.proto" not in file.dependency:
                file.dependency.append(f"google/protobuf/{needed}.proto")
        for message in file.message_type:
            _extend(message, f".{file.package}")
        pool.AddSerializedFile(file.SerializeToString())
    descriptor = pool.FindMessageTypeByName(f"docker.swarmkit.v1.{name}")
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)
