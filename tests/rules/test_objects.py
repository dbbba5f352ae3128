"""The rules for everything but services."""

import pytest

from swarmwire import convert, pb, rules
from swarmwire.errors import InvalidSpec

MALFORMED = pb.Duration(nanos=2_000_000_000)


def found(problems):
    return [(err.code, err.path, err.reason) for err in problems]


def assert_first(validate, problems, *specs):
    """``validate`` raises what ``problems`` lists first."""
    listed = found(problems(*specs))
    if not listed:
        validate(*specs)
        return listed
    with pytest.raises(InvalidSpec) as caught:
        validate(*specs)
    assert found([caught.value]) == listed[:1]
    return listed


def secret(spec):
    return assert_first(rules.validate_secret_spec, rules.secret_spec_problems, spec)


def config(spec):
    return assert_first(rules.validate_config_spec, rules.config_spec_problems, spec)


def network(spec):
    return assert_first(rules.validate_network_spec, rules.network_spec_problems, spec)


def cluster(spec):
    return assert_first(rules.validate_cluster_spec, rules.cluster_spec_problems, spec)


def volume(spec):
    return assert_first(rules.validate_volume_spec, rules.volume_spec_problems, spec)


def invalid(path, reason):
    return [("InvalidArgument", path, reason)]


@pytest.mark.parametrize("check", [secret, config, network, cluster])
def test_no_spec_at_all(check):
    assert check(None) == invalid("", "invalid argument")


def test_no_volume_and_no_node():
    assert volume(None) == invalid("", "spec must not be nil")
    check = assert_first(rules.validate_node_spec, rules.node_spec_problems, None)
    assert check == invalid("", "invalid argument")


def test_any_node():
    spec = pb.NodeSpec(annotations={"name": "not valid !!"})
    assert assert_first(rules.validate_node_spec, rules.node_spec_problems, spec) == []


@pytest.mark.parametrize("name", ["a", "a.b-_c", "9" * 64, "a__.--b"])
def test_good_data_names(name):
    assert secret(pb.SecretSpec(annotations={"name": name}, data=b"x")) == []


@pytest.mark.parametrize("name", ["a.", "-a", "é", "a" * 65, "a\n", "a b"])
def test_bad_data_names(name):
    reason = (
        "invalid name, only 64 [a-zA-Z0-9-_.] characters allowed,"
        " and the start and end character must be [a-zA-Z0-9]"
    )
    assert config(pb.ConfigSpec(annotations={"name": name}, data=b"x")) == invalid("Name", reason)


def test_secret():
    reason = "secret data must be larger than 0 and less than 512000 bytes"
    assert secret(pb.SecretSpec(data=b"x")) == invalid("Name", "name must be provided")
    named = {"name": "a"}
    assert secret(pb.SecretSpec(annotations=named)) == invalid("Data", reason)
    assert secret(pb.SecretSpec(annotations=named, data=b"x" * 512_000)) == invalid("Data", reason)
    assert secret(pb.SecretSpec(annotations=named, data=b"x" * 511_999)) == []
    assert secret(pb.SecretSpec(annotations=named, driver={"name": "d"})) == []
    assert secret(pb.SecretSpec(annotations=named, driver={})) == invalid(
        "Driver.Name", "secret driver must have a name"
    )


def test_config():
    reason = "config data must be larger than 0 and less than 1024000 bytes"
    assert config(pb.ConfigSpec(data=b"x")) == invalid("Name", "name must be provided")
    named = {"name": "a"}
    assert config(pb.ConfigSpec(annotations=named)) == invalid("Data", reason)
    assert config(pb.ConfigSpec(annotations=named, data=b"x" * 1_024_000)) == invalid(
        "Data", reason
    )
    assert config(pb.ConfigSpec(annotations=named, data=b"x" * 1_023_999)) == []


@pytest.mark.parametrize(
    ("kind", "validate", "problems"),
    [
        (
            pb.SecretSpec,
            rules.validate_secret_spec_update,
            rules.secret_spec_update_problems,
        ),
        (
            pb.ConfigSpec,
            rules.validate_config_spec_update,
            rules.config_spec_update_problems,
        ),
    ],
)
def test_only_labels_change(kind, validate, problems):
    old = kind(annotations={"name": "a"}, data=b"x")
    relabelled = kind(annotations={"name": "a", "labels": {"b": "c"}})
    assert assert_first(validate, problems, old, relabelled) == []
    assert assert_first(validate, problems, old, old) == []
    reason = "only updates to Labels are allowed"
    other = kind(annotations={"name": "b"}, data=b"y")
    assert assert_first(validate, problems, old, other) == [
        *invalid("Name", reason),
        *invalid("Data", reason),
    ]


def net(**fields):
    return pb.NetworkSpec(annotations={"name": "n"}, **fields)


def ipam(**config):
    return net(ipam={"configs": [{"subnet": "10.0.0.0/8"}, config]})


DRIVER = "driver name: if driver is specified name is required"
OVERLAY = "only overlay driver is currently supported for ingress network"


@pytest.mark.parametrize(
    ("spec", "want"),
    [
        (net(), []),
        (net(ingress=True, driver_config={"name": "overlay"}), []),
        (net(ingress=True), []),
        (net(driver_config={"name": "weave"}, ipam={"driver": {"name": "x"}}), []),
        (
            net(attachable=True, ingress=True),
            invalid("Attachable", "ingress network cannot be attachable"),
        ),
        (pb.NetworkSpec(), invalid("Name", "meta: name must be provided")),
        (
            pb.NetworkSpec(
                annotations={"name": "n", "labels": {"com.docker.swarm.predefined": ""}}
            ),
            [
                (
                    "PermissionDenied",
                    "Labels[com.docker.swarm.predefined]",
                    (
                        "label com.docker.swarm.predefined is for internally created predefined"
                        " networks and cannot be applied by users"
                    ),
                )
            ],
        ),
        (net(ingress=True, driver_config={}), [("Unimplemented", "Driver", OVERLAY)]),
        (net(driver_config={}), invalid("Driver", DRIVER)),
        (net(ipam={"driver": {}}), invalid("IPAM.Driver", DRIVER)),
        (
            ipam(subnet="10.0.0.0"),
            invalid("IPAM.Config[1].Subnet", "ipam configuration: invalid subnet 10.0.0.0"),
        ),
        (
            ipam(subnet="x", range="y", gateway="10.0.0.1"),
            [
                *invalid("IPAM.Config[1].Subnet", "ipam configuration: invalid subnet x"),
                *invalid("IPAM.Config[1].IPRange", "ipam configuration: invalid range y"),
            ],
        ),
        (
            ipam(subnet="10.0.0.0/24", range="10.0.1.0/28"),
            invalid(
                "IPAM.Config[1].IPRange",
                "ipam configuration: subnet 10.0.0.0/24 does not contain range 10.0.1.0/28",
            ),
        ),
        (
            ipam(subnet="10.0.0.0/24", gateway="10.0.0.1/24"),
            invalid("IPAM.Config[1].Gateway", "ipam configuration: invalid gateway 10.0.0.1/24"),
        ),
        (
            ipam(subnet="10.0.0.0/24", gateway="fe80::1"),
            invalid(
                "IPAM.Config[1].Gateway",
                "ipam configuration: subnet 10.0.0.0/24 does not contain gateway fe80::1",
            ),
        ),
        (ipam(subnet="10.0.0.7/24", range="10.0.0.9/08", gateway="::ffff:10.0.0.1"), []),
        (ipam(subnet="::ffff:10.0.0.0/104", range="10.1.0.0/16"), []),
        (ipam(subnet="::ffff:10.0.0.0/50", range="192.168.0.0/16", gateway="8.8.8.8"), []),
        (ipam(subnet="2001:db8::/32", range="2001:db8:1::/48", gateway="2001:db8::1"), []),
    ],
)
def test_network(spec, want):
    assert network(spec) == want


@pytest.mark.parametrize(
    "subnet", ["", "1.2.3.4/33", "::/129", "1.2.3.4/-1", "01.2.3.4/8", "fe80::1%x/64", "1.2.3.4/1x"]
)
def test_no_subnet(subnet):
    assert len(network(ipam(subnet=subnet))) == 1


def clu(**fields):
    return pb.ClusterSpec(annotations={"name": "default"}, **fields)


PEM = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
UNPAIRED = "if a signing CA key is provided, the signing CA cert must also be provided"


@pytest.mark.parametrize(
    ("spec", "want"),
    [
        (clu(), []),
        (clu(ca_config={"node_cert_expiry": {"seconds": 3600}}), []),
        (clu(ca_config={"signing_ca_cert": PEM, "signing_ca_key": b"k"}), []),
        (clu(acceptance_policy={"policies": [{}, {"secret": {"alg": "BCrypt"}}]}), []),
        (clu(dispatcher={"heartbeat_period": {"seconds": 5}}), []),
        (
            clu(ca_config={"node_cert_expiry": MALFORMED}),
            invalid("CAConfig.NodeCertExpiry", "invalid argument"),
        ),
        (
            clu(ca_config={"node_cert_expiry": {"seconds": 3599}}),
            invalid("CAConfig.NodeCertExpiry", "minimum certificate expiry time is: 1h0m0s"),
        ),
        (
            clu(acceptance_policy={"policies": [{"secret": {"alg": "md5"}}]}),
            invalid("AcceptancePolicy.Policies[0]", "hashing algorithm is not supported: md5"),
        ),
        (
            clu(dispatcher={"heartbeat_period": MALFORMED}),
            invalid("Dispatcher.HeartbeatPeriod", "invalid argument"),
        ),
        (
            clu(dispatcher={"heartbeat_period": {"nanos": -1}}),
            invalid(
                "Dispatcher.HeartbeatPeriod",
                "heartbeat time period cannot be a negative duration",
            ),
        ),
        (pb.ClusterSpec(), invalid("Name", "modification of cluster name is not allowed")),
        (
            clu(ca_config={"signing_ca_cert": b"x", "signing_ca_key": b"k"}),
            invalid("CAConfig.SigningCACert", UNPAIRED),
        ),
    ],
)
def test_cluster(spec, want):
    assert cluster(spec) == want


def test_volume():
    mode = {"mount": {}}
    good = pb.VolumeSpec(annotations={"name": "weird name!"}, driver={}, access_mode=mode)
    assert volume(good) == []
    assert volume(pb.VolumeSpec()) == [
        *invalid("Driver", "driver must be specified"),
        *invalid("Name", "meta: name must be provided"),
        *invalid("ClusterVolumeSpec.AccessMode", "AccessMode must not be nil"),
    ]
    good.access_mode.ClearField("mount")
    assert volume(good) == invalid(
        "ClusterVolumeSpec.AccessMode",
        "Volume AccessMode must specify either Mount or Block access type",
    )


def test_volume_update():
    def check(new):
        update = rules.validate_volume_spec_update, rules.volume_spec_update_problems
        return assert_first(*update, old, new)

    old = pb.VolumeSpec(annotations={"name": "a"}, driver={"name": "d"})
    new = pb.VolumeSpec()
    new.CopyFrom(old)
    new.annotations.labels["x"] = "y"
    new.availability = 2
    assert check(new) == []
    new = pb.VolumeSpec(
        annotations={"name": "b"},
        group="g",
        AccessibilityRequirements={},
        access_mode={},
        secrets=[{"key": "k"}],
        capacity_range={},
    )
    assert [reason for _, _, reason in check(new)] == [
        f"{name} cannot be updated"
        for name in (
            *("Name", "Group", "AccessibilityRequirements", "Driver", "AccessMode"),
            *("Secrets", "CapacityRange"),
        )
    ]


def test_parse_constraint():
    assert rules.parse_constraint(" node.id != a b ") == rules.Constraint("node.id", "!=", "a b")


def test_defaults():
    spec = pb.ServiceSpec()
    spec.task.container.image = "i"
    spec.update.parallelism = 7
    spec.task.restart.max_attempts = 3
    before = spec.SerializeToString(deterministic=True)
    filled = rules.with_defaults(spec)
    assert spec.SerializeToString(deterministic=True) == before

    assert filled.task.container.stop_grace_period.seconds == 10
    assert filled.task.container.HasField("pull_options")
    assert filled.task.container.HasField("dns_config")
    assert filled.task.HasField("resources")
    assert filled.task.HasField("placement")
    assert filled.task.restart == pb.RestartPolicy(max_attempts=3, delay={"seconds": 5})
    assert filled.update == pb.UpdateConfig(parallelism=7, monitor={"seconds": 5})
    assert filled.rollback == pb.UpdateConfig(parallelism=1, delay={}, monitor={"seconds": 5})
    assert rules.with_defaults(filled) == filled


def test_defaults_of_nothing():
    empty = rules.with_defaults(pb.ServiceSpec())
    assert not empty.task.HasField("container")
    assert empty.task.restart == pb.RestartPolicy(
        condition=pb.RestartPolicy.ANY, delay={"seconds": 5}
    )
    assert rules.default_service_spec().task.container.stop_grace_period.seconds == 10


def test_default_cluster():
    spec = rules.default_cluster_spec()
    assert cluster(spec) == []
    assert spec.orchestration.task_history_retention_limit == 5


def test_public_names():
    assert rules.__all__ == sorted(rules.__all__)
    assert all(hasattr(rules, name) for name in rules.__all__)


def test_a_new_swarm_has_the_settings_of_docker_swarm_init():
    shown = convert.swarm_from_grpc(pb.Cluster(spec=rules.default_cluster_spec())).spec
    assert (shown.name, shown.orchestration.task_history_retention_limit) == ("default", 5)
    raft = shown.raft
    assert (raft.snapshot_interval, raft.log_entries_for_slow_followers) == (10_000, 500)
    assert (raft.heartbeat_tick, raft.election_tick) == (1, 10)
    assert shown.dispatcher.heartbeat_period == 5_000_000_000
    assert shown.ca_config.node_cert_expiry == 7_776_000_000_000_000
