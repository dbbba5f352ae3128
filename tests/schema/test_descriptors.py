"""Our messages are SwarmKit's and etcd's: every field, enum value and method, and none besides."""

from google.protobuf.descriptor_pb2 import MethodDescriptorProto

from tests.support.descriptors import (
    enums_of,
    is_map,
    is_repeated,
    messages_of,
    our_files,
    type_name,
)
from tests.support.facts import rows

FILES = our_files()
# The table of facts knows etcd's raft messages and all of SwarmKit; the rest is listed below.
ETCD_RAFT = "etcd/raft.proto"
MEASURED = {
    name: "etcd raft.proto (proto2)" if name == ETCD_RAFT else name.removeprefix("swarmkit/")
    for name in FILES
    if name == ETCD_RAFT or name.startswith("swarmkit/")
}

NOT_MEASURED = {
    "docker.engine.netextra.Extra": {"IPAMStatus": (1, "docker.engine.netextra.IPAMStatus", True)},
    "docker.engine.netextra.GetNetworkExtraOptions": {"WithIPAMStatus": (1, "bool", False)},
    "docker.engine.netextra.IPAMStatus": {
        "Subnet": (1, "bytes", False),
        "IPsInUse": (2, "uint64", False),
        "DynamicIPsAvailable": (3, "uint64", False),
    },
    "docker.engine.runtime.PluginPrivilege": {
        "name": (1, "string", False),
        "description": (2, "string", False),
        "value": (3, "string", True),
    },
    "docker.engine.runtime.PluginSpec": {
        "name": (1, "string", False),
        "remote": (2, "string", False),
        "privileges": (3, "docker.engine.runtime.PluginPrivilege", True),
        "disabled": (4, "bool", False),
        "env": (5, "string", True),
    },
    "swarmwire.ListResponse": {"objects": (1, "bytes", True)},
    "snappb.Snapshot": {"crc": (1, "uint32", False), "data": (2, "bytes", False)},
    "walpb.Record": {
        "type": (1, "int64", False),
        "crc": (2, "uint32", False),
        "data": (3, "bytes", False),
    },
    "walpb.Snapshot": {
        "index": (1, "uint64", False),
        "term": (2, "uint64", False),
        "conf_state": (3, "raftpb.ConfState", False),
    },
}


def field_row(file, message, field):
    oneof = field.containing_oneof
    return (
        file,
        message.full_name,
        field.name,
        str(field.number),
        type_name(field),
        "repeated" if is_repeated(field) and not is_map(field) else "",
        oneof.name if oneof is not None else "",
        "deprecated" if field.GetOptions().deprecated else "",
    )


def ours():
    for name, table_name in MEASURED.items():
        for message in messages_of(FILES[name]):
            if not message.fields:
                yield (table_name, message.full_name, "-", "-", "(empty message)", "", "", "")
            for field in message.fields:
                yield field_row(table_name, message, field)


def test_every_field_is_as_measured():
    measured, have = set(rows("swarmkit-messages.tsv")), set(ours())
    assert sorted(measured - have) == [], "missing from the schema"
    assert sorted(have - measured) == [], "not in SwarmKit"


def test_every_enum_value_is_as_measured():
    measured = set(rows("swarmkit-enums.tsv"))
    have = {
        (table_name, enum.full_name, value.name, str(value.number))
        for name, table_name in MEASURED.items()
        for enum in enums_of(FILES[name])
        for value in enum.values
    }
    assert sorted(measured - have) == [], "missing from the schema"
    assert sorted(have - measured) == [], "not in SwarmKit"


def test_every_method_is_as_measured():
    have = set()
    for name, table_name in MEASURED.items():
        for service in FILES[name].services_by_name.values():
            for method in service.methods:
                proto = MethodDescriptorProto()
                method.CopyToProto(proto)  # old versions of protobuf tell of streams only here
                ends = [
                    ("stream " if streams else "") + message.full_name
                    for streams, message in (
                        (proto.client_streaming, method.input_type),
                        (proto.server_streaming, method.output_type),
                    )
                ]
                have.add((table_name, f"/{service.full_name}/{method.name}", *ends))
    measured = set(rows("swarmkit-services.tsv"))
    assert sorted(measured - have) == [], "missing from the schema"
    assert sorted(have - measured) == [], "not in SwarmKit"


def test_messages_outside_the_tables_are_as_their_projects_have_them():
    have = {
        message.full_name: {
            field.name: (field.number, type_name(field), is_repeated(field))
            for field in message.fields
        }
        for name, file in FILES.items()
        if name not in MEASURED
        for message in messages_of(file)
    }
    assert have == NOT_MEASURED


def test_packages_are_part_of_the_wire():
    packages = {name: file.package for name, file in FILES.items()}
    assert {packages[name] for name in packages if name.startswith("swarmkit/")} == {
        "docker.swarmkit.v1"
    }
    assert packages["etcd/raft.proto"] == "raftpb"
    assert packages["moby/netextra.proto"] == "docker.engine.netextra"
