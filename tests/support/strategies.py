"""Hypothesis strategies for every Struct and every message, built from their types.

Few fields of an object are set at a time: that finds as much as many fields do, and shrinks well.
"""

from google.protobuf.descriptor import FieldDescriptor
from hypothesis import strategies as st
from msgspec import inspect

from swarmwire import engine
from tests.support.descriptors import is_map, is_repeated
from tests.support.fill import MESSAGE_TEXTS, OBJECT_TEXTS, PLUGIN, short_name

# Words that the engine takes, where it does not take any text.
WORDS = {
    "AccessMode.Scope": ["single", "multi", "bogus"],
    "AccessMode.Sharing": ["none", "readonly", "onewriter", "all", "bogus"],
    "AppArmorOpts.Mode": ["", "default", "disabled", "bogus"],
    "BindOptions.Propagation": ["", "private", "RSHARED", "slave", "rprivate"],
    "ClusterVolumeSpec.Availability": ["", "active", "pause", "drain"],
    "ContainerSpec.Isolation": ["", "default", "PROCESS", "hyperv", "bogus"],
    "EndpointSpec.Mode": ["", "vip", "dnsrr"],
    "ExternalCA.Protocol": ["cfssl", "CFSSL"],
    "Mount.Consistency": ["", "default", "consistent", "cached", "delegated"],
    "Mount.Type": ["", "bind", "VOLUME", "tmpfs", "npipe", "cluster"],
    "NodeSpec.Availability": ["active", "Pause", "drain"],
    "NodeSpec.Role": ["worker", "MANAGER"],
    "PortConfig.Protocol": ["", "tcp", "UDP", "sctp", "bogus"],
    "PortConfig.PublishMode": ["", "ingress", "Host", "bogus"],
    "RestartPolicy.Condition": ["", "none", "on-failure", "any"],
    "SeccompOpts.Mode": ["", "default", "unconfined", "custom", "bogus"],
    "TaskSpec.Runtime": ["", "container", "plugin"],
    "UpdateConfig.FailureAction": ["", "pause", "continue", "rollback"],
    "UpdateConfig.Order": ["", "stop-first", "start-first"],
}
ADDRESSES = [
    "10.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "2001:db8::1",
    "::ffff:10.0.0.1",
    "fe80::1%eth0",
]
PREFIXES = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.1.2.3/24",
    "::/0",
    "2001:db8::1/64",
    "::ffff:1.2.3.4/104",
]

TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\x00\u2028\u212a<&>\"'\\"),
    max_size=6,
)
INT64 = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63)])


def _formed(name, forms):
    form = forms[name]
    if "/" in form:
        return st.sampled_from(PREFIXES)
    return st.sampled_from(ADDRESSES)


@st.composite
def objects(draw, struct):
    """An object of ``struct`` that JSON could have given; not each of them can be converted."""
    fields = inspect.type_info(struct).fields
    if not fields:
        return struct()
    chosen = draw(st.lists(st.sampled_from(fields), max_size=4, unique_by=lambda field: field.name))
    always = [field for field in fields if f"{struct.__name__}.{field.encode_name}" in WORDS]
    chosen += [field for field in always if field not in chosen]
    if struct is engine.ServiceSpec:
        chosen += [field for field in fields if field.name == "task_template"]
    out = {
        field.name: draw(_value(field.type, f"{struct.__name__}.{field.encode_name}"))
        for field in chosen
    }
    if struct is engine.TaskSpec:
        out.setdefault("container_spec", draw(objects(engine.ContainerSpec)))
        out.setdefault("plugin_spec", draw(objects(engine.RuntimeSpec)))
    return struct(**out)


def _value(shape, name):  # noqa: C901 - a table of kinds
    if isinstance(shape, inspect.Metadata):
        shape = shape.type
    match shape:
        case inspect.UnionType():
            member = next(one for one in shape.types if not isinstance(one, inspect.NoneType))
            return st.none() | _value(member, name)
        case inspect.StructType():
            return objects(shape.cls)
        case inspect.ListType():
            item = shape.item_type
            if isinstance(item, inspect.UnionType) and name != "TmpfsOptions.Options":
                item = next(one for one in item.types if not isinstance(one, inspect.NoneType))
            return st.lists(_value(item, name), max_size=2)
        case inspect.DictType():
            keys = st.sampled_from(PREFIXES) if name == "IPAMStatus.Subnets" else TEXT
            return st.dictionaries(keys, _value(shape.value_type, name), max_size=2)
        case inspect.BoolType():
            return st.booleans()
        case inspect.BytesType():
            return st.binary(max_size=6)
        case inspect.FloatType():
            return st.floats(width=32, allow_nan=False, allow_infinity=False) | st.just(0.15)
        case inspect.IntType():
            return _integer(shape)
        case inspect.StrType() if shape.pattern:
            return st.datetimes().map(lambda when: when.isoformat() + "Z")
        case inspect.AnyType():
            return st.none() | TEXT | st.lists(TEXT, max_size=2)
    if name in WORDS:
        return st.sampled_from(WORDS[name])
    return _formed(name, OBJECT_TEXTS) if "." in OBJECT_TEXTS.get(name, "") else TEXT


def _integer(shape):
    if shape.ge is None or shape.ge < 0:
        return INT64
    high = 2**64 - 1 if shape.le is None else shape.le
    return st.integers(0, high) | st.sampled_from([0, 1, high])


@st.composite
def messages(draw, message_type, *, well_formed=True):
    """A message; with ``well_formed`` its durations, times and addresses are good ones."""
    out = message_type()
    draw(_filled(out, well_formed))
    return out


@st.composite
def _filled(draw, out, well_formed):
    name = out.DESCRIPTOR.full_name
    if name in ("google.protobuf.Timestamp", "google.protobuf.Duration") and well_formed:
        sign = 1 if name.endswith("Timestamp") else draw(st.sampled_from([1, -1]))
        out.seconds = sign * draw(st.integers(0, 9_000_000_000))
        out.nanos = sign * draw(st.integers(0, 999_999_999))
        return
    if name == "google.protobuf.Any" and draw(st.booleans()):
        out.value = PLUGIN.SerializeToString()
        return
    if out.DESCRIPTOR.fields:
        fields = draw(st.lists(st.sampled_from(list(out.DESCRIPTOR.fields)), max_size=3))
        if name == "docker.swarmkit.v1.TaskSpec" and out.WhichOneof("runtime") is None:
            fields.append(out.DESCRIPTOR.fields_by_name["container"])
        for field in fields:
            draw(_set(out, field, well_formed))


@st.composite
def _set(draw, out, field, well_formed):
    if is_map(field):
        value = field.message_type.fields_by_name["value"]
        if value.message_type is None:
            getattr(out, field.name).update(
                draw(st.dictionaries(TEXT, _scalar(field, well_formed), max_size=2))
            )
    elif field.message_type is not None:
        inner = getattr(out, field.name)
        if is_repeated(field):
            draw(_filled(inner.add(), well_formed))
        else:
            inner.SetInParent()
            draw(_filled(inner, well_formed))
    elif is_repeated(field):
        getattr(out, field.name).extend(draw(st.lists(_scalar(field, well_formed), max_size=2)))
    else:
        setattr(out, field.name, draw(_scalar(field, well_formed)))


_INTEGERS = {
    FieldDescriptor.TYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.TYPE_UINT64: (0, 2**64 - 1),
}


def _scalar(field, well_formed):
    if field.enum_type is not None:
        numbers = [value.number for value in field.enum_type.values]
        return st.sampled_from(numbers if well_formed else [*numbers, 99, -1])
    if field.type == FieldDescriptor.TYPE_BOOL:
        return st.booleans()
    if field.type == FieldDescriptor.TYPE_FLOAT:
        return st.floats(width=32, allow_nan=not well_formed, allow_infinity=not well_formed)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=6)
    if field.type in _INTEGERS:
        low, high = _INTEGERS[field.type]
        return st.integers(low, high) | st.sampled_from([low, high, 0, 1])
    name = short_name(field)
    if name == "GenericRuntimeSpec.kind":
        return st.sampled_from(["plugin", "other"])
    if well_formed and "." in MESSAGE_TEXTS.get(name, ""):
        return _formed(name, MESSAGE_TEXTS)
    return TEXT
