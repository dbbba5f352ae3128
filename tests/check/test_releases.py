"""``release=``: every party judges as that release of the engine does."""

import json

import pytest

from swarmwire import engine
from swarmwire.check import check
from swarmwire.errors import ConvertError, UnknownRelease

CONTAINER = "TaskTemplate.ContainerSpec"


def spec(container=(), template=(), **fields):
    return {
        "Name": "web",
        "TaskTemplate": {"ContainerSpec": {"Image": "nginx", **dict(container)}, **dict(template)},
        "Mode": {"Replicated": {"Replicas": 1}},
        **fields,
    }


def told(document, **options):
    """What is found in JSON; in the object that was read from it, it is the same."""
    findings = check(json.dumps(document), **options)
    read = engine.decode(json.dumps(document), options.get("type_", engine.ServiceSpec))
    assert [each.path for each in check(read, **options)] == [each.path for each in findings]
    return findings


UNKNOWN = [
    (spec({"Init": True}), "17.12", f"{CONTAINER}.Init", "18.09"),
    (spec({"Sysctls": {"net.a": "1"}}), "18.09", f"{CONTAINER}.Sysctls", "19.03"),
    (
        spec({"Healthcheck": {"Test": ["NONE"], "StartInterval": 5_000_000}}),
        "20.10.24",
        f"{CONTAINER}.Healthcheck.StartInterval",
        "25.0",
    ),
    (
        spec(
            {"Mounts": [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"Options": [["exec"]]}}]}
        ),
        "26.1",
        f"{CONTAINER}.Mounts[0].TmpfsOptions.Options",
        "27.5",
    ),
    (
        spec(template={"Resources": {"MemorySwappiness": 5}}),
        "28.5",
        "TaskTemplate.Resources.MemorySwappiness",
        "29.0",
    ),
]


@pytest.mark.parametrize(("document", "release", "path", "first"), UNKNOWN)
def test_a_field_that_a_release_does_not_know(document, release, path, first):
    (finding,) = told(document, release=release)
    assert (finding.severity, finding.source, finding.path) == ("lost", "engine", path)
    assert finding.code == "release-dropped"
    assert f"engine {engine.release(release)} does not know this field" in finding.rule
    assert finding.fix == f"needs engine {first} or newer"
    assert told(document, release=first) == []


def test_a_job_becomes_a_service():
    document = spec() | {"Mode": {"GlobalJob": {}}}
    (finding,) = told(document, release="19.03")
    assert finding.path == "Mode.GlobalJob"
    assert "the job becomes a service with one replica, started again for ever" in finding.rule


def test_an_older_engine_takes_what_the_newest_calls_malformed():
    document = spec({"Init": "yes"})
    assert [each.source for each in check(json.dumps(document))] == ["json"]
    (finding,) = check(json.dumps(document), release="17.12")
    assert (finding.severity, finding.code) == ("lost", "release-dropped")


def test_a_typo_is_a_typo_in_every_release():
    (finding,) = check(json.dumps(spec({"Enviroment": ["A=1"]})), release="20.10")
    assert finding.code == "unknown-key"


def test_networks_at_the_top():
    document = spec(Networks=[{"Target": "n"}])
    (newest,) = told(document)
    assert (newest.severity, newest.path) == ("lost", "Networks")
    (older,) = told(document, release="28.5")
    assert (older.severity, older.path, older.source) == ("error", "Networks", "manager")


def test_addresses_are_texts_before_29():
    document = spec({"DNSConfig": {"Nameservers": ["8.8.8.8:53"]}})
    assert [each.source for each in check(json.dumps(document))] == ["json"]
    assert check(json.dumps(document), release="28.5") == []
    read = engine.decode(json.dumps(document), engine.ServiceSpec, release="28.5")
    assert check(read, release="28.5") == []


def test_the_managers_rules_are_those_of_the_release():
    document = spec() | {"Mode": {}, "UpdateConfig": {"Delay": -1}}
    document["TaskTemplate"]["ContainerSpec"]["Image"] = "UPPER/case"
    assert [each.path for each in told(document, release="24.0")] == [
        f"{CONTAINER}.Image",
        "UpdateConfig.Delay",
    ]
    assert [each.path for each in told(document, release="25.0")] == ["UpdateConfig.Delay"]


def test_mounts_that_a_release_refuses():
    document = spec({"Mounts": [{"Type": "cluster", "Source": "v", "Target": "/v"}]})
    assert told(document) == []
    finding = next(iter(told(document, release="20.10")))
    assert (finding.severity, finding.path) == ("error", f"{CONTAINER}.Mounts[0].Type")
    assert finding.rule == 'invalid MountType: "cluster"'


def test_old_clients_of_an_old_engine():
    document = spec({"CapabilityAdd": ["CAP_CHOWN"]})
    (finding,) = told(document, release="20.10", api_version="1.40")
    assert (finding.code, finding.path) == ("api-version-dropped", f"{CONTAINER}.CapabilityAdd")
    assert told(document, release="20.10", api_version="1.41") == []
    assert told(document, release="20.10") == []


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("1.42", "client version 1.42 is too new. Maximum supported API version is 1.41"),
        ("1.11", "client version 1.11 is too old. Minimum supported API version is 1.12"),
    ],
)
def test_versions_that_a_release_does_not_serve(version, words):
    with pytest.raises(ConvertError) as caught:
        check(b"{}", release="20.10", api_version=version)
    assert caught.value.reason == words


def test_a_release_that_there_is_not():
    with pytest.raises(UnknownRelease):
        check(b"{}", release="1.12")


OTHERS = [
    engine.SecretSpec,
    engine.ConfigSpec,
    engine.NodeSpec,
    engine.SwarmSpec,
    engine.NetworkCreateRequest,
    engine.VolumeCreateRequest,
]


@pytest.mark.parametrize("release", [each.name for each in engine.RELEASES])
@pytest.mark.parametrize("cls", OTHERS)
def test_every_object_is_judged_for_every_release(cls, release):
    findings = check(cls(), release=release)
    assert findings == check(engine.encode(cls()), type_=cls, release=release)


def network(config=(), **fields):
    request = {"Name": "n", "Driver": "overlay", **fields}
    if config:
        request["IPAM"] = {"Driver": "default", "Config": [dict(config)]}
    return request


def told_of(request, **options):
    findings = check(json.dumps(request), type_=engine.NetworkCreateRequest, **options)
    return [(each.severity, each.path, each.rule, each.fix) for each in findings]


SUBNET = {"Subnet": "10.0.0.0/24"}


@pytest.mark.parametrize(
    ("config", "name", "rule", "fix"),
    [
        (
            {"Subnet": "10.0.0.7/24"},
            "Subnet",
            "invalid subnet 10.0.0.7/24: it should be 10.0.0.0/24",
            "write 10.0.0.0/24",
        ),
        (
            SUBNET | {"IPRange": "10.0.0.130/25"},
            "IPRange",
            "invalid ip-range 10.0.0.130/25: it should be 10.0.0.128/25",
            "write 10.0.0.128/25",
        ),
        (
            SUBNET | {"IPRange": "10.0.0.0/16"},
            "IPRange",
            "invalid ip-range 10.0.0.0/16: CIDR block is bigger than its parent subnet 10.0.0.0/24",
            "choose a part of 10.0.0.0/24",
        ),
        (
            SUBNET | {"IPRange": "10.1.0.0/25"},
            "IPRange",
            "invalid ip-range 10.1.0.0/25: parent subnet 10.0.0.0/24 doesn't contain ip-range",
            "choose a part of 10.0.0.0/24",
        ),
        (
            SUBNET | {"IPRange": "fd00::/64"},
            "IPRange",
            "invalid ip-range fd00::/64: parent subnet is an IPv4 block",
            "choose a part of 10.0.0.0/24",
        ),
        (
            SUBNET | {"Gateway": "10.0.1.1"},
            "Gateway",
            "invalid gateway 10.0.1.1: parent subnet 10.0.0.0/24 doesn't contain this address",
            "choose one of 10.0.0.0/24",
        ),
        (
            SUBNET | {"AuxiliaryAddresses": {"router": "fd00::1"}},
            "AuxiliaryAddresses[router]",
            "invalid auxiliary address router: parent subnet is an IPv4 block",
            "choose one of 10.0.0.0/24",
        ),
    ],
)
def test_pools_that_an_engine_refuses(config, name, rule, fix):
    refused = [each for each in told_of(network(config)) if each[0] == "error"]
    want = ("error", f"IPAM.Config[0].{name}", f"invalid network config: {rule}", fix)
    assert refused == [want]
    older = told_of(network(config), release="24.0")
    assert not any(rule in each[2] for each in older)


def test_pools_of_ipv6_are_not_looked_at_without_it():
    pool = {"Subnet": "fd00::7/64"}
    found = told_of(network(pool))
    (never,) = [each for each in found if each[0] == "error"]
    assert "so that the network is never allocated" in never[2]
    (refused,) = told_of(network(pool, EnableIPv6=True))
    assert refused[2].startswith("invalid network config")


@pytest.mark.parametrize("name", ["bridge", "default", "host", "none"])
def test_predefined_networks(name):
    words = f"{name} is a pre-defined network and cannot be created"
    assert told_of(network(Name=name)) == [("error", "Name", words, "choose another name")]


def test_a_network_without_ipv4():
    (finding,) = told_of(network(EnableIPv4=False))
    assert finding[:3] == (
        *("error", "EnableIPv4"),
        "IPv4 cannot be disabled in a Swarm scoped network",
    )
    (older,) = told_of(network(EnableIPv4=False), release="27.5")
    assert older[:2] == ("lost", "EnableIPv4")
    (old_client,) = told_of(network(EnableIPv4=False), api_version="1.47")
    assert old_client[:2] == ("changed", "EnableIPv4")


def test_a_network_of_one_node():
    (finding,) = told_of(network(Scope="local"))
    assert finding[:3] == (
        *("error", "Scope"),
        "cannot downgrade network scope for overlay networks",
    )
    hint = next(
        each for each in told_of(network(Scope="local", Driver="bridge")) if each[0] == "hint"
    )
    assert hint[:2] == ("hint", "Scope")


@pytest.mark.parametrize(
    ("fields", "path", "rule"),
    [
        (
            {"ConfigOnly": True, "Internal": True},
            "ConfigOnly",
            (
                "configuration network can only contain network specific fields. Network operator"
                " fields like [ ingress | internal | attachable | scope ] are not supported."
            ),
        ),
        (
            {"ConfigOnly": True, "ConfigFrom": {"Network": "c"}},
            "ConfigFrom.Network",
            "a configuration network cannot depend on another configuration network",
        ),
        (
            {"ConfigFrom": {"Network": "c"}, "Labels": {"a": "b"}},
            "ConfigFrom.Network",
            (
                "user specified configurations are not supported if the network depends on a"
                " configuration network"
            ),
        ),
        (
            {"ConfigFrom": {"Network": "c"}, "Options": {"a": "b"}},
            "ConfigFrom.Network",
            (
                "network driver options are not supported if the network depends on a configuration"
                " network"
            ),
        ),
        (
            {"Options": {"com.docker.network.enable_ipv4": "maybe"}},
            "Options[com.docker.network.enable_ipv4]",
            'driver-opt "com.docker.network.enable_ipv4" is not a valid bool',
        ),
        (
            {"Options": {"com.docker.network.enable_ipv4": "f"}},
            "EnableIPv4",
            "IPv4 cannot be disabled in a Swarm scoped network",
        ),
    ],
)
def test_what_engines_refuse_of_a_network_before_a_manager_does(fields, path, rule):
    refused = [each[1:3] for each in told_of(network(**fields)) if each[0] == "error"]
    assert (path, rule) in refused


@pytest.mark.parametrize(
    ("release", "rule"),
    [
        ("24.0", "Invalid subnet  : invalid CIDR address: "),
        ("28.5", "invalid network config: invalid subnet : invalid CIDR block notation"),
    ],
)
def test_a_pool_needs_a_subnet_through_28_5(release, rule):
    request = network({"Gateway": "10.0.0.1"})
    assert rule in [each[2] for each in told_of(request, release=release)]
    assert rule not in [each[2] for each in told_of(request)]


def test_a_log_driver_that_some_releases_refuse():
    document = json.dumps(spec(template={"LogDriver": {"Name": "logentries"}}))
    rule = "the logentries logging driver has been deprecated and removed"
    for release in engine.RELEASES:
        told = [each.rule for each in check(document, release=release.name)]
        assert (rule in told) is release.has("25.0", "27.5"), release.name


def test_networks_that_are_never_allocated():
    subnets = [{"Subnet": "10.0.0.0/24"}, {"Subnet": "10.0.0.0/8"}]
    request = network(IPAM={"Config": subnets})
    (finding,) = told_of(request)
    assert finding[:2] == ("error", "IPAM.Config[1].Subnet")
    assert "never allocated" in finding[2]
