"""The fields of specs as the Engine API has them: all of them, in its order, under its names."""

import msgspec
import pytest

from swarmwire import engine, pb
from swarmwire.spec import document_of, words_of
from tests.support.descriptors import is_map

SPECS = [
    getattr(pb, f"{kind}Spec")
    for kind in ("Service", "Node", "Network", "Cluster", "Secret", "Config", "Volume")
]
by_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.DESCRIPTOR.name)


def parts(part):
    yield part
    for field in part.fields:
        if field.part is not None:
            yield from parts(field.part)


@by_spec
def test_no_field_is_passed_over(spec):
    for part in parts(document_of(spec.DESCRIPTOR)):
        fields = [field.attribute for field in part.fields]
        assert sorted(fields) == sorted(part.descriptor.fields_by_name), part.descriptor.full_name
        for field in part.fields:
            message = field.descriptor.message_type
            plain = message is None or is_map(field.descriptor)
            of_protobuf = not plain and message.full_name.startswith("google.")
            assert (field.part is None) is (plain or of_protobuf), field.key


def test_a_service_spec_reads_as_the_engine_writes_it():
    fields = document_of(pb.ServiceSpec.DESCRIPTOR).fields
    assert [".".join(field.steps) for field in fields] == [
        "",
        "TaskTemplate",
        "Mode.Replicated",
        "Mode.Global",
        "Mode.ReplicatedJob",
        "Mode.GlobalJob",
        "UpdateConfig",
        "RollbackConfig",
        "Networks",
        "EndpointSpec",
    ]


def test_a_container_reads_as_its_struct_and_what_the_api_lacks_stands_last():
    fields = document_of(pb.TaskSpec.DESCRIPTOR).field("container").part.fields
    names = [field.encode_name for field in msgspec.structs.fields(engine.ContainerSpec)]
    assert [field.steps[0] for field in fields] == [*names, "PullOptions", "Resources"]


def test_the_document_is_in_the_order_of_the_struct():
    for spec in SPECS:
        for part in parts(document_of(spec.DESCRIPTOR)):
            if part.struct is None:
                continue
            names = [field.encode_name for field in msgspec.structs.fields(part.struct)]
            known = [
                field.steps[0]
                for field in part.fields
                if field.steps and not field.is_outside and field.steps[0] in names
            ]
            assert known == sorted(known, key=names.index), part.descriptor.full_name


def test_what_the_structs_do_not_have():
    lacking = {
        f"{part.descriptor.name}.{field.attribute}"
        for spec in SPECS
        for part in parts(document_of(spec.DESCRIPTOR))
        for field in part.fields
        if part.struct is not None and field.steps and field.owner is None
    }
    assert lacking == {
        "Annotations.indices",
        "ClusterSpec.acceptance_policy",
        "ContainerSpec.pidsLimit",
        "ContainerSpec.pull_options",
        "GenericRuntimeSpec.kind",
        "IPAMConfig.family",
        "NetworkAttachmentConfig.addresses",
        "NodeSpec.membership",
        "Resources.generic",  # of limits
        "TaskSpec.resource_references",
    }


@pytest.mark.parametrize(
    ("struct", "name", "words"),
    [
        (engine.RestartPolicy, "Condition", ("none", "on-failure", "any")),
        (engine.NodeSpec, "Role", ("worker", "manager")),
        (engine.AccessMode, "Scope", ("single", "multi")),
        (engine.ClusterVolumeSpec, "Availability", ("active", "pause", "drain")),
        (engine.ExternalCA, "Protocol", ("cfssl",)),
        (engine.ContainerSpec, "Image", ()),
    ],
)
def test_words_of_a_field(struct, name, words):
    assert words_of(struct, name) == words
