"""Questions that every version of protobuf answers, each in its own way."""

from google.protobuf.descriptor import FieldDescriptor

from swarmwire import pb

TYPE_NAMES = {
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_BYTES: "bytes",
    FieldDescriptor.TYPE_DOUBLE: "double",
    FieldDescriptor.TYPE_FLOAT: "float",
    FieldDescriptor.TYPE_INT32: "int32",
    FieldDescriptor.TYPE_INT64: "int64",
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_UINT32: "uint32",
    FieldDescriptor.TYPE_UINT64: "uint64",
}


def is_repeated(field):
    """Whether ``field`` is a list or a map."""
    if hasattr(field, "is_repeated"):
        return bool(field.is_repeated)
    return field.label == FieldDescriptor.LABEL_REPEATED


def is_map(field):
    """Whether ``field`` is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def type_name(field):
    """The type as the schema writes it: ``map<string, string>``, ``raftpb.Entry``."""
    if is_map(field):
        key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
        return f"map<{type_name(key)}, {type_name(value)}>"
    if field.message_type is not None:
        return field.message_type.full_name
    if field.enum_type is not None:
        return field.enum_type.full_name
    return TYPE_NAMES[field.type]


def messages_of(file):
    """Every message of a file, nested ones too, without the entries of maps."""

    def walk(messages):
        for message in messages:
            if not message.GetOptions().map_entry:
                yield message
                yield from walk(message.nested_types)

    yield from walk(file.message_types_by_name.values())


def enums_of(file):
    """Every enum of a file, nested ones too."""
    yield from file.enum_types_by_name.values()
    for message in messages_of(file):
        yield from message.enum_types


def our_files():
    """Every file of our schema, by its name."""
    found = {}

    def visit(file):
        if file.name not in found and not file.name.startswith("google/"):
            found[file.name] = file
            for imported in file.dependencies:
                visit(imported)

    for name in pb.__all__:
        descriptor = getattr(getattr(pb, name), "DESCRIPTOR", None)
        if descriptor is not None:
            visit(getattr(descriptor, "file", descriptor))
    return found
