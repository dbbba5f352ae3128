"""Our Structs have Docker's fields: names, order, types, null, and what is written when empty."""

import json
from collections import defaultdict

import msgspec
import pytest
from msgspec import inspect

from swarmwire import engine
from tests.support.facts import rows
from tests.support.fill import EXCLUSIVE, fill_object, structs

# Docker's types whose names another package has too, and those that we share.
OURS = {
    "mount.Driver": "Driver",
    "network.ConfigReference": "NetworkConfigReference",
    "network.CreateRequest": "NetworkCreateRequest",
    "network.IPAMConfig": "NetworkIPAMConfig",
    "network.Inspect": "NetworkInspect",
    "network.Network": "NetworkResource",
    "network.Status": "NetworkStatus",
    "network.Task": "NetworkTask",
    "swarm.Info": "SwarmInfo",
    "swarm.Spec": "SwarmSpec",
    "volume.CreateRequest": "VolumeCreateRequest",
    "volume.Info": "VolumeInfo",
    "volume.Secret": "VolumeSecret",
    "volume.Topology": "Topology",
}
# Ours alone: the base of what a manager stores.
NOT_DOCKERS = {"StoredObject"}
EMBEDDED_ONLY = {"swarm.Meta"}
# Fields of older releases, each before the field where they write it, or at the end.
LEGACY = {
    "swarm.ServiceSpec": {"EndpointSpec": "Networks"},
    "network.Network": {"": "Containers"},
}

INT64 = ("int", -(2**63), 2**63 - 1)
UINT64 = ("int", 0, None)
UINT32 = ("int", 0, 2**32 - 1)
SCALARS = {
    "bool": "bool",
    "float32": "float",
    "int": INT64,
    "int64": INT64,
    "interface {}": "any",
    "netip.Addr": "str",
    "netip.Prefix": "str",
    "string": "str",
    "time.Time": "time",
    "uint32": UINT32,
    "uint64": UINT64,
    "[uint8]": "bytes",
}

FACTS = defaultdict(list)
ROWS = rows("engine-api-fields.tsv")
GO_STRUCTS = {row[0] for row in ROWS} | {"time.Time"}
for type_, name, go_type, when_zero, embedded in ROWS:
    # Go never leaves out a struct, whatever its tag says.
    written_empty = when_zero == "yes" or go_type in GO_STRUCTS
    FACTS[type_].append((name, go_type, written_empty, embedded))

TYPES = sorted(FACTS.keys() - EMBEDDED_ONLY)


def our_name(go_name):
    return OURS.get(go_name, go_name.rpartition(".")[2])


def flat(go_name):
    """Name, type and whether it is written empty, of each field; embedded ones in their place."""
    for name, go_type, written, embedded in FACTS[go_name]:
        if embedded:
            yield from flat(go_type)
        elif name != "-":
            yield name, go_type, written


def names_of(go_name):
    """The JSON names in Docker's order, those of older releases among them."""
    legacy = LEGACY.get(go_name, {})
    names = [*(name for name, _, _ in flat(go_name)), ""]
    return [each for name in names for each in (legacy.get(name), name) if each]


def struct_of(go_name):
    return getattr(engine, our_name(go_name))


def go_shape(go_type):
    """A Go type as a plain value: ``("list", "str")``."""
    if go_type in SCALARS:
        return SCALARS[go_type]
    if go_type.startswith("?"):
        return ("null", go_shape(go_type[1:]))
    if go_type.startswith("["):
        return ("list", go_shape(go_type[1:-1]))
    if go_type.startswith("{"):
        key, _, value = go_type[1:-1].partition(":")
        return ("map", go_shape(key), go_shape(value))
    if go_type.endswith(")"):
        return go_shape(go_type[go_type.index("(") + 1 : -1])
    return ("struct", our_name(go_type))


def our_shape(shape):
    """The type of our field in the same terms."""
    if isinstance(shape, inspect.Metadata):
        shape = shape.type
    match shape:
        case inspect.UnionType():
            (member,) = (one for one in shape.types if not isinstance(one, inspect.NoneType))
            return ("null", our_shape(member))
        case inspect.StructType():
            return ("struct", shape.cls.__name__)
        case inspect.ListType():
            return ("list", our_shape(shape.item_type))
        case inspect.DictType():
            return ("map", our_shape(shape.key_type), our_shape(shape.value_type))
        case inspect.IntType():
            return ("int", shape.ge, shape.le)
        case inspect.StrType():
            return "time" if shape.pattern else "str"
        case inspect.AnyType():
            return "any"
    return {inspect.BoolType: "bool", inspect.BytesType: "bytes", inspect.FloatType: "float"}[
        type(shape)
    ]


def test_every_type_is_here_and_no_other():
    assert {our_name(name) for name in TYPES} | NOT_DOCKERS == structs().keys()


@pytest.mark.parametrize("go_name", TYPES)
def test_fields_are_dockers_in_its_order(go_name):
    names = [field.encode_name for field in msgspec.structs.fields(struct_of(go_name))]
    assert names == names_of(go_name)


@pytest.mark.parametrize("go_name", TYPES)
def test_fields_are_written_in_dockers_order(go_name):
    written = json.loads(engine.encode(fill_object(struct_of(go_name))))
    exclusive = _not_filled(struct_of(go_name))
    want = names_of(go_name)
    assert [name for name in written if name not in exclusive] == [
        name for name in want if name not in exclusive
    ]


def _not_filled(struct):
    names = EXCLUSIVE.get(struct.__name__, ())
    return {
        field.encode_name for field in msgspec.structs.fields(struct) if field.name in names[1:]
    }


@pytest.mark.parametrize("go_name", TYPES)
def test_types_are_as_wide_and_as_nullable(go_name):
    ours = {field.encode_name: our_shape(field.type) for field in _fields(go_name)}
    for name, go_type, written in flat(go_name):
        want = go_shape(go_type)
        if want[0] in ("list", "map") and written:
            want = ("null", want)  # Go writes null for a nil list or map
        if (go_name, name) == ("mount.TmpfsOptions", "Options"):
            # the one list whose absence is stored as something else than its emptiness
            want = ("null", ("list", ("null", want[1])))
        if name == "MacAddress":
            want = "str"  # bytes in Go, but with a text form of their own: 02:42:0a:00:00:05
        assert ours[name] == want, name


@pytest.mark.parametrize("go_name", TYPES)
def test_empty_fields_are_written_as_docker_writes_them(go_name):
    written = json.loads(engine.encode(struct_of(go_name)()))
    want = {name: _zero(go_type) for name, go_type, when_zero in flat(go_name) if when_zero}
    assert written == want
    assert list(written) == list(want)


def _fields(go_name):
    return inspect.type_info(struct_of(go_name)).fields


def _zero(go_type):
    shape = go_shape(go_type)
    if shape[0] == "struct":
        go_name = next(name for name in FACTS if our_name(name) == shape[1])
        return {name: _zero(inner) for name, inner, written in flat(go_name) if written}
    if shape[0] in ("null", "list", "map"):
        return None
    if shape[0] == "int":
        return 0
    return {
        "any": None,
        "bool": False,
        "bytes": "",
        "float": 0,
        "str": "",
        "time": "0001-01-01T00:00:00Z",
    }[shape]
