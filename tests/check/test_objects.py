"""The other objects, the ways to call, and what comes back."""

import json
from importlib import import_module
from math import nan

import pytest
from msgspec.structs import replace

from swarmwire import engine, pb
from swarmwire.check import SEVERITIES, Finding, check, summary, worst
from swarmwire.check._advice import advice
from swarmwire.check._draft import Draft, converted
from swarmwire.check._objects import ValueChange, clear, differences, value_at
from swarmwire.check._subjects import subject_of
from swarmwire.engine.versions import NEWEST
from swarmwire.errors import ConvertError
from swarmwire.releases import as_release

VOLUME = {
    "Name": "v",
    "Driver": "csi",
    "DriverOpts": {"a": "b"},
    "Labels": {"a": "b"},
    "ClusterVolumeSpec": {
        "Group": "g",
        "AccessMode": {"Scope": "multi", "Sharing": "all", "MountVolume": {"FsType": "ext4"}},
        "Availability": "active",
    },
}
NETWORK = {
    "Name": "n",
    "Driver": "overlay",
    "EnableIPv6": True,
    "EnableIPv4": True,
    "Scope": "swarm",
    "Attachable": True,
    "IPAM": {"Driver": "default", "Config": [{"Subnet": "10.0.1.0/24", "Gateway": "10.0.1.1"}]},
    "Options": {"encrypted": ""},
    "Labels": {"a": "b"},
}
SWARM = {
    "Name": "default",
    "Orchestration": {"TaskHistoryRetentionLimit": 0},
    "Raft": {"SnapshotInterval": 5000, "ElectionTick": 3},
    "CAConfig": {"NodeCertExpiry": 7776000000000000, "SigningCACert": "-", "ForceRotate": 2},
    "EncryptionConfig": {"AutoLockManagers": True},
}


def merged(base, **changes):
    return {**base, **changes}


@pytest.mark.parametrize(
    ("type_", "spec"),
    [
        (engine.SecretSpec, {"Name": "a", "Data": "YQ==", "Labels": {"a": "b"}}),
        (engine.SecretSpec, {"Name": "a", "Driver": {"Name": "vault"}}),
        (engine.ConfigSpec, {"Name": "a", "Data": "YQ==", "Templating": {"Name": "golang"}}),
        (engine.NodeSpec, {"Role": "worker", "Availability": "drain", "Labels": {"a": "b"}}),
        (engine.NetworkCreateRequest, NETWORK),
        (engine.NetworkCreateRequest, {"Name": "n", "Driver": "overlay"}),
        (
            engine.NetworkCreateRequest,
            {"Name": "n", "Driver": "overlay", "ConfigFrom": {"Network": "other"}},
        ),
        (engine.VolumeCreateRequest, VOLUME),
        (engine.SwarmSpec, SWARM),
        (engine.SwarmSpec, {}),
    ],
)
def test_clean_objects(type_, spec):
    assert check(json.dumps(spec), type_=type_) == []


@pytest.mark.parametrize(
    ("type_", "spec", "want"),
    [
        (engine.SecretSpec, {"Name": "a b"}, ["error Name", "error Data"]),
        (engine.ConfigSpec, {"Name": "a"}, ["error Data"]),
        (engine.NodeSpec, {}, ["error Role", "error Availability"]),
        (engine.NodeSpec, {"Role": "WORKER", "Availability": "active"}, ["hint Role"]),
        (
            engine.NetworkCreateRequest,
            merged(NETWORK, ConfigOnly=True, EnableIPv4=False, Scope="local"),
            ["error Scope", "error EnableIPv4", "error ConfigOnly"],
        ),
        (
            engine.NetworkCreateRequest,
            merged(
                NETWORK,
                IPAM={
                    "Config": [{"Subnet": "10.0.1.7/24", "AuxiliaryAddresses": {"a": "10.0.1.9"}}]
                },
            ),
            ["error IPAM.Config[0].Subnet", "lost IPAM.Config[0].AuxiliaryAddresses"],
        ),
        (
            engine.NetworkCreateRequest,
            merged(NETWORK, Labels={"com.docker.swarm.predefined": ""}),
            ["error Labels[com.docker.swarm.predefined]"],
        ),
        (engine.VolumeCreateRequest, {"Name": "v"}, ["hint ClusterVolumeSpec"]),
        (
            engine.VolumeCreateRequest,
            merged(
                VOLUME,
                ClusterVolumeSpec={
                    "AccessMode": {"Scope": "mulit", "MountVolume": {}, "BlockVolume": {}}
                },
            ),
            [
                "changed ClusterVolumeSpec.AccessMode.Scope",
                "lost ClusterVolumeSpec.AccessMode.BlockVolume",
            ],
        ),
        (
            engine.SwarmSpec,
            merged(
                SWARM,
                Name="x",
                Raft={"ElectionTick": 2**32 + 5, "HeartbeatTick": 2**32},
                TaskDefaults={"LogDriver": {"Name": "local"}},
                CAConfig={"NodeCertExpiry": 1, "ExternalCAs": [None, {"Protocol": "x"}]},
            ),
            [
                "error Name",
                "error CAConfig.NodeCertExpiry",
                "error CAConfig.ExternalCAs[0]",
                "error CAConfig.ExternalCAs[1].Protocol",
                "changed Raft.ElectionTick",
                "changed Raft.HeartbeatTick",
                "lost TaskDefaults.LogDriver.Name",
            ],
        ),
    ],
)
def test_other_objects(type_, spec, want):
    findings = check(json.dumps(spec), type_=type_)
    assert [f"{finding.severity} {finding.path}" for finding in findings] == want
    assert check(engine.decode(json.dumps(spec), type_)) == findings


def test_what_no_command_writes_can_still_be_kept():
    pool = {"Subnet": "10.0.1.0/24", "AuxiliaryAddresses": {"a": "10.0.1.9"}}
    network = merged(NETWORK, IPAM={"Driver": "default", "Config": [pool]})
    (finding,) = check(json.dumps(network), type_=engine.NetworkCreateRequest)
    assert finding.fix == "use `swarmwire to-grpc --lossless`, which keeps it: SwarmKit can hold it"


@pytest.mark.parametrize(
    ("type_", "spec"),
    [
        (engine.Service, {"Name": "a", "TaskTemplate": {"Runtime": "x"}}),
        (engine.Node, {"Role": "x", "Availability": "active"}),
        (engine.Config, {"Name": "a b", "Data": "YQ=="}),
        (engine.Swarm, {"Name": "x"}),
    ],
)
def test_a_stored_object_is_checked_by_its_spec(type_, spec):
    data = json.dumps({"ID": "i", "Spec": spec, "spek": 1})
    findings = check(data, type_=type_)
    assert [finding.severity for finding in findings] == ["error", "lost"]
    assert findings[0].path.startswith("Spec.")
    assert findings[1].path == "spek"
    assert check(engine.decode(data, type_)) == findings[:1]


def test_a_stored_object_without_a_spec():
    service = engine.Service(spec=7)  # type: ignore[arg-type]
    (finding,) = check(service)
    assert (finding.severity, finding.path, finding.code) == ("error", "Spec", "engine-type")


@pytest.mark.parametrize("spec", [None, 7, [], engine.Task(), engine.ServiceSpec, object()])
def test_what_is_no_spec(spec):
    (finding,) = check(spec)
    assert (finding.severity, finding.path, finding.code) == ("error", "", "engine-type")


@pytest.mark.parametrize(
    "data", ["", "[]", "{", "7", b"\xff\x00", '{"Name":' + "[" * 10_000, "nul"]
)
def test_what_is_no_json(data):
    for given in (data, data if isinstance(data, bytes) else data.encode()):
        (finding,) = check(given)
        assert (finding.severity, finding.source) == ("error", "json")


def test_bytes_of_every_kind():
    data = b'{"Name": "a"}'
    assert check(bytearray(data)) == check(memoryview(data)) == check(data) == check(data.decode())


@pytest.mark.parametrize(
    ("version", "kind", "text"),
    [
        ("1.23", "unsupported", "client version 1.23 is too old. Minimum supported API version is"),
        (
            f"{NEWEST}1",
            "unsupported",
            f"client version {NEWEST}1 is too new. Maximum supported API version is {NEWEST}",
        ),
        ("x", "unsupported", "client version x is too old."),
        ("1." + "4" * 9999, "unsupported", "is too old."),
        (1.44, "type", "expected an API version, got float"),
        (None, "type", "expected an API version, got NoneType"),
    ],
)
def test_api_versions_that_no_engine_serves(version, kind, text):
    with pytest.raises(ConvertError) as caught:
        check(engine.ServiceSpec(), api_version=version)
    assert caught.value.kind == kind
    assert text in caught.value.reason


@pytest.mark.parametrize("type_", [None, int, engine.Task, "ServiceSpec"])
def test_types_that_cannot_be_checked(type_):
    with pytest.raises(ConvertError):
        check("{}", type_=type_)


@pytest.mark.parametrize(
    ("spec", "hint"),
    [
        ({"Name": "web"}, "got dict: engine.from_dict makes one"),
        (pb.ServiceSpec(), "got pb.ServiceSpec: convert.service_spec_from_grpc makes one"),
        (pb.Node(), "got pb.Node: convert.node_from_grpc makes one"),
        (pb.Mount(), "expected a spec that can be checked, got pb.Mount"),
    ],
)
def test_what_is_of_another_world_is_a_mistake_of_the_caller(spec, hint):
    with pytest.raises(ConvertError) as caught:
        check(spec)
    assert caught.value.kind == "type"
    assert caught.value.reason.endswith(hint)


def test_the_package_is_a_plain_module():
    assert not callable(import_module("swarmwire.check"))


def test_summary_and_worst():
    findings = [
        Finding(severity=severity, path="", rule="", source="json", code="")
        for severity in ("hint", "lost", "hint")
    ]
    assert summary(findings) == {"error": 0, "lost": 1, "changed": 0, "hint": 2}
    assert list(summary([])) == list(SEVERITIES)
    assert worst(findings) == "lost"
    assert worst([]) is None


def test_an_error_that_cannot_be_put_right_ends_the_conversion():
    def write(_spec, _lossless):
        raise ConvertError("type", "no", "Nowhere", "AtAll")

    subject = replace(subject_of(engine.ServiceSpec, as_release(None)), write=write)
    message, errors = converted(subject, Draft(engine.ServiceSpec()))
    assert message is None
    assert len(errors) == 1


def test_an_error_of_the_whole_puts_back_the_whole():
    """A field whose default is refused as well is put right with what it is part of."""

    def write(spec, _lossless):
        if spec.task_template.container_spec is not None:
            raise ConvertError("type", "no", "TaskTemplate", "ContainerSpec", "Labels", "a")
        return "message"

    subject = replace(subject_of(engine.ServiceSpec, as_release(None)), write=write)
    template = engine.TaskSpec(container_spec=engine.ContainerSpec(image="a"), force_update=1)
    draft = Draft(engine.ServiceSpec(name="a", task_template=template))
    message, errors = converted(subject, draft)
    assert message == "message"
    assert len(errors) == 1
    assert draft.value == engine.ServiceSpec(
        name="a", task_template=engine.TaskSpec(force_update=1)
    )


def test_paths_that_lead_nowhere():
    spec = engine.ServiceSpec(labels={"a": "b"})
    assert value_at(spec, ("Labels", "a")) == "b"
    assert value_at(spec, ("Name", "x")) is None
    assert value_at(spec, ("Networks", 3)) is None
    assert not clear(spec, ("Nowhere",))
    assert not clear(spec, ("Networks", 3))
    assert clear(spec, ("Labels", "a"))
    assert spec.labels == {}


def test_differences_of_maps():
    before = engine.Driver(name="a", options={"a": "1", "b": "2", "c": "3"})
    after = engine.Driver(name="a", options={"a": "1", "b": "4", "d": "5"})
    assert list(differences(before, after)) == [
        ValueChange("changed", ("Options", "b"), "2", "4"),
        ValueChange("vanished", ("Options", "c"), "3", None),
    ]


def test_elements_that_are_dropped():
    before = engine.ContainerSpec(env=["a", "b", "c", "d"], args=["a"])
    after = engine.ContainerSpec(env=["b", "d"], args=["a", "b"])
    assert [one.steps for one in differences(before, after)] == [("Env", 0), ("Env", 2)]
    after = engine.ContainerSpec(env=["a", "x"], args=["a"])
    assert [(one.kind, one.steps) for one in differences(before, after)] == [
        ("vanished", ("Env", 1)),
        ("vanished", ("Env", 2)),
        ("changed", ("Env", 3)),
    ]


def test_many_losses_take_no_longer_each():
    mount = {"Type": "bind", "Source": "/a", "BindOptions": {"CreateMountpoint": True}}
    mounts = [{**mount, "Target": f"/{number}"} for number in range(2000)]
    container = {"Image": "a", "Mounts": mounts}
    spec = {"Name": "a", "TaskTemplate": {"ContainerSpec": container}}
    findings = check(json.dumps(spec))
    assert len(findings) == 2000
    assert {finding.code for finding in findings} == {"lost-field"}


def test_a_number_that_is_none_is_not_changed():
    spec = engine.UpdateConfig(max_failure_ratio=nan, order="x")
    other = engine.UpdateConfig(max_failure_ratio=nan, order="y")
    assert list(differences(spec, other)) == [ValueChange("changed", ("Order",), "x", "y")]


def test_no_advice_without_a_place():
    error = ConvertError("unsupported", "no")
    assert advice(error, engine.ServiceSpec(), (), None) == ""
    error = ConvertError("missing", "no")
    assert advice(error, engine.ServiceSpec(), (), None) == ""
