"""Specs, and what check says of them: each severity and each source."""

import json

import pytest

from swarmwire import engine
from swarmwire.check import Finding, check
from swarmwire.check._objects import parse_path, value_at

LOSSLESS = "use `swarmwire apply`, which writes to the manager and keeps it"
NOT_STORED = "the engine accepts this and does not store it"

CLEAN = {
    "Name": "web",
    "Labels": {"com.example.tier": "front"},
    "TaskTemplate": {
        "ContainerSpec": {
            "Image": "nginx:1.25",
            "Args": ["nginx", "-g", "daemon off;"],
            "Env": ["A=1", "HOST={{.Node.Hostname}}"],
            "Init": False,
            "Mounts": [
                {"Type": "volume", "Source": "data", "Target": "/data"},
                {"Type": "tmpfs", "Target": "/tmp", "TmpfsOptions": {"SizeBytes": 1048576}},
                {"Type": "cluster", "Source": "c", "Target": "/c", "ClusterOptions": {}},
            ],
            "Healthcheck": {"Test": ["CMD", "true"], "Interval": 30000000000, "Retries": 3},
            "DNSConfig": {"Nameservers": ["8.8.8.8"]},
            "Secrets": [
                {
                    "File": {"Name": "tls.key", "UID": "0", "GID": "0", "Mode": 292},
                    "SecretID": "fpjqlhnwb19zds35k8wn80lq9",
                    "SecretName": "tls",
                }
            ],
            "StopGracePeriod": 0,
        },
        "Resources": {"Limits": {"NanoCPUs": 500000000, "MemoryBytes": 268435456, "Pids": 100}},
        "RestartPolicy": {"Condition": "on-failure", "MaxAttempts": 0},
        "Placement": {"Constraints": ["node.role==worker"], "Preferences": []},
        "Networks": [{"Target": "q9w8e7r6t5", "Aliases": ["web"]}],
        "LogDriver": {"Name": "json-file", "Options": {"max-size": "10m"}},
    },
    "Mode": {"Replicated": {}},
    "UpdateConfig": {"Parallelism": 2, "MaxFailureRatio": 0.15},
    "EndpointSpec": {"Ports": [{"TargetPort": 80, "PublishedPort": 8080}]},
}


def changed(path, value):
    """The clean spec, with another value at a path."""
    spec = json.loads(json.dumps(CLEAN))
    *parents, last = parse_path(path)
    at = spec
    for step in parents:
        at = at[step] if isinstance(step, int) else at.setdefault(step, {})
    at[last] = value
    return spec


def found(spec, **options):
    return check(json.dumps(spec), **options)


def the_one(path, value, **options):
    (finding,) = found(changed(path, value), **options)
    return finding


def test_a_clean_spec():
    assert found(CLEAN) == []
    assert check(engine.decode(json.dumps(CLEAN), engine.ServiceSpec)) == []
    assert found(CLEAN, api_version="") == []


IN_CONTAINER = "TaskTemplate.ContainerSpec"
MOUNT = f"{IN_CONTAINER}.Mounts[0]"

# path, value, the path of the finding; the rest of it
CASES = [
    (
        "TaskTemplate.ContainerSpec.HealthCheck",
        {},
        Finding(
            severity="changed",
            path="TaskTemplate.ContainerSpec.HealthCheck",
            rule="Healthcheck is repeated: the last value counts, objects and maps are merged",
            source="json",
            code="duplicate-key",
            fix="write Healthcheck once",
        ),
    ),
    (
        f"{IN_CONTAINER}.Hostnam",
        "web",
        Finding(
            severity="lost",
            path=f"{IN_CONTAINER}.Hostnam",
            rule="the engine does not know this key and passes over it",
            source="json",
            code="unknown-key",
            fix="did you mean Hostname?",
        ),
    ),
    (
        f"{IN_CONTAINER}.hostname",
        "web",
        Finding(
            severity="hint",
            path=f"{IN_CONTAINER}.hostname",
            rule="the engine takes this for Hostname",
            source="json",
            code="key-case",
            fix="write Hostname",
        ),
    ),
    (
        f"{IN_CONTAINER}.Hostname",
        7,
        Finding(
            severity="error",
            path=f"{IN_CONTAINER}.Hostname",
            rule="invalid JSON: cannot unmarshal number into string",
            source="json",
            code="json-type",
        ),
    ),
    (
        "EndpointSpec.Ports[0].PublishedPort",
        2**32,
        Finding(
            severity="error",
            path="EndpointSpec.Ports[0].PublishedPort",
            rule="invalid JSON: cannot unmarshal number: expected `int` <= 4294967295",
            source="json",
            code="json-range",
        ),
    ),
    (
        f"{MOUNT}.Type",
        "volum",
        Finding(
            severity="error",
            path=f"{MOUNT}.Type",
            rule='invalid MountType: "volum"',
            source="engine",
            code="engine-unknown",
            value='"volum"',
            fix='did you mean "volume"?',
        ),
    ),
    (
        "TaskTemplate.RestartPolicy.Condition",
        "always",
        Finding(
            severity="error",
            path="TaskTemplate.RestartPolicy.Condition",
            rule='invalid RestartCondition: "always"',
            source="engine",
            code="engine-unknown",
            value='"always"',
            fix='use "none" or "on-failure" or "any"',
        ),
    ),
    (
        "TaskTemplate.Resources.Reservations",
        {"GenericResources": [{}]},
        Finding(
            severity="error",
            path="TaskTemplate.Resources.Reservations.GenericResources[0]",
            rule="must be a NamedResourceSpec or a DiscreteResourceSpec",
            source="engine",
            code="engine-crash",
            value="{}",
            fix="take the element out",
        ),
    ),
    *(
        (
            f"{IN_CONTAINER}.{name}",
            [None],
            Finding(
                severity="error",
                path=f"{IN_CONTAINER}.{name}[0]",
                rule="must not be null",
                source="engine",
                code="engine-crash",
                fix="take the element out",
            ),
        )
        for name in ("Ulimits", "Secrets")
    ),
    (
        f"{IN_CONTAINER}.Image",
        "BUSY",
        Finding(
            severity="error",
            path=f"{IN_CONTAINER}.Image",
            rule='ContainerSpec: "BUSY" is not a valid repository/tag',
            source="manager",
            code="manager-InvalidArgument",
            value='"BUSY"',
        ),
    ),
    (
        "TaskTemplate.Placement.Constraints[0]",
        "x",
        Finding(
            severity="error",
            path="TaskTemplate.Placement.Constraints[0]",
            rule="constraint expected one operator from ==, !=",
            source="manager",
            code="manager-Unknown",
            value='"x"',
        ),
    ),
    (
        "TaskTemplate.Placement.Constraints[0]",
        "node.rack==1",
        Finding(
            severity="error",
            path="TaskTemplate.Placement.Constraints[0]",
            rule="'node.rack' is no property of a node, so that no node matches",
            source="scheduler",
            code="scheduler-hazard",
            value='"node.rack==1"',
            fix=(
                "use node.id, node.hostname, node.ip, node.role, node.platform.os,"
                " node.platform.arch, node.labels.NAME or engine.labels.NAME"
            ),
        ),
    ),
    (
        f"{MOUNT}.Target",
        "data",
        Finding(
            severity="error",
            path=f"{MOUNT}.Target",
            rule="invalid mount target, must be an absolute path: data",
            source="worker",
            code="worker-hazard",
            value='"data"',
            fix="begin it with /",
        ),
    ),
    (
        f"{MOUNT}.Consistency",
        "cached",
        Finding(
            severity="lost",
            path=f"{MOUNT}.Consistency",
            rule=NOT_STORED,
            source="engine",
            code="lost-field",
            value='"cached"',
            fix=LOSSLESS,
        ),
    ),
    (
        f"{MOUNT}.Consistency",
        "bogus",
        Finding(
            severity="lost",
            path=f"{MOUNT}.Consistency",
            rule=NOT_STORED,
            source="engine",
            code="lost-field",
            value='"bogus"',
        ),
    ),
    (
        f"{MOUNT}.ImageOptions",
        {"Subpath": "etc"},
        Finding(
            severity="lost",
            path=f"{MOUNT}.ImageOptions",
            rule=NOT_STORED,
            source="engine",
            code="lost-field",
            value="{Subpath}",
        ),
    ),
    (
        "TaskTemplate.Placement.Preferences",
        [{"Spread": {"SpreadDescriptor": "a"}}, {}, {"Spread": {"SpreadDescriptor": "b"}}],
        Finding(
            severity="lost",
            path="TaskTemplate.Placement.Preferences[1]",
            rule=NOT_STORED,
            source="engine",
            code="lost-field",
            value="{}",
        ),
    ),
    (
        "TaskTemplate.PluginSpec",
        {"name": "p", "env": ["A=1"]},
        Finding(
            severity="lost",
            path="TaskTemplate.PluginSpec",
            rule=NOT_STORED,
            source="engine",
            code="lost-field",
            value="{name, env}",
        ),
    ),
    (
        "EndpointSpec.Ports[0].Protocol",
        "quic",
        Finding(
            severity="changed",
            path="EndpointSpec.Ports[0].Protocol",
            rule='none of "tcp", "udp", "sctp": the engine silently stores "tcp" instead',
            source="engine",
            code="changed-value",
            value='"quic"',
            fix='use "tcp" or "udp" or "sctp"',
        ),
    ),
    (
        "EndpointSpec.Ports[0].PublishMode",
        "hots",
        Finding(
            severity="changed",
            path="EndpointSpec.Ports[0].PublishMode",
            rule='none of "ingress", "host": the engine silently stores "ingress" instead',
            source="engine",
            code="changed-value",
            value='"hots"',
            fix='did you mean "host"?',
        ),
    ),
    (
        f"{IN_CONTAINER}.Healthcheck.Retries",
        2**32 + 3,
        Finding(
            severity="changed",
            path=f"{IN_CONTAINER}.Healthcheck.Retries",
            rule="the engine silently stores 3 instead",
            source="engine",
            code="changed-value",
            value="4294967299",
        ),
    ),
    (
        f"{IN_CONTAINER}.DNSConfig.Nameservers",
        ["8.8.8.8", ""],
        Finding(
            severity="changed",
            path=f"{IN_CONTAINER}.DNSConfig.Nameservers[1]",
            rule='what is no address is stored as the text "invalid IP"',
            source="engine",
            code="changed-value",
            value='""',
            fix="take the element out",
        ),
    ),
    (
        "Name",
        "",
        Finding(
            severity="changed",
            path="Name",
            rule="a service without a name is given a random one",
            source="engine",
            code="invented-name",
            value='""',
            fix="set Name",
        ),
    ),
    (
        "EndpointSpec.Ports[0].Protocol",
        "TCP",
        Finding(
            severity="hint",
            path="EndpointSpec.Ports[0].Protocol",
            rule='the engine stores "tcp"',
            source="engine",
            code="folded-case",
            value='"TCP"',
        ),
    ),
    (
        f"{MOUNT}",
        {"Source": "/a", "Target": "/a"},
        Finding(
            severity="hint",
            path=f"{MOUNT}.Type",
            rule='a mount without a type is of type "bind"',
            source="engine",
            code="default-mount-type",
            value='""',
            fix="set Type",
        ),
    ),
    (
        "Networks",
        [{"Target": "n"}],
        Finding(
            severity="lost",
            path="Networks",
            rule="from API version 1.44 on, the engine passes over Networks at the top level",
            source="api-version",
            code="api-version-dropped",
            value="1 item",
            fix="add them to TaskTemplate.Networks",
        ),
    ),
]


@pytest.mark.parametrize(
    ("path", "value", "want"), CASES, ids=[f"{case[0]}-{case[2].code}" for case in CASES]
)
def test_one_thing_is_wrong(path, value, want):
    assert the_one(path, value) == want


@pytest.mark.parametrize("name", ["CreateMountpoint", "ReadOnlyNonRecursive"])
@pytest.mark.parametrize("others", [{}, {"Propagation": "rshared"}])
def test_options_of_a_bind_mount_are_lost(name, others):
    mount = {"Type": "bind", "Source": "/a", "Target": "/a", "BindOptions": {name: True, **others}}
    want = Finding(
        severity="lost",
        path=f"{MOUNT}.BindOptions.{name}",
        rule=NOT_STORED,
        source="engine",
        code="lost-field",
        value="true",
        fix=LOSSLESS,
    )
    assert the_one(MOUNT, mount) == want


def test_options_in_which_nothing_is_set_are_no_loss():
    mount = {"Type": "bind", "Source": "/a", "Target": "/a", "BindOptions": {}}
    assert found(changed(MOUNT, mount)) == []


@pytest.mark.parametrize(
    ("path", "value", "version", "needed"),
    [
        (f"{IN_CONTAINER}.Sysctls", {"net.a": "b"}, "1.39", "1.40"),
        (f"{IN_CONTAINER}.CapabilityAdd", ["CAP_NET_ADMIN"], "1.40", "1.41"),
        (f"{IN_CONTAINER}.Privileges", {"Seccomp": {}}, "1.43", "1.44"),
        (f"{IN_CONTAINER}.OomScoreAdj", 5, "1.45", "1.46"),
        ("TaskTemplate.Resources.MemorySwappiness", 60, "1.51", "1.52"),
        ("Mode", {"GlobalJob": {}}, "1.40", "1.41"),
    ],
)
def test_a_field_that_the_api_version_does_not_know(path, value, version, needed):
    spec = changed(path, value)
    del spec["UpdateConfig"], spec["TaskTemplate"]["Resources"]["Limits"]["Pids"]
    (finding,) = found(spec, api_version=version)
    assert finding.severity == "lost"
    assert finding.source == "api-version"
    assert finding.code == "api-version-dropped"
    assert finding.path.startswith(path)
    assert f"API version {version} does not know this field" in finding.rule
    assert finding.fix == f"needs API version {needed} or newer"
    assert found(spec, api_version=needed) == []


@pytest.mark.parametrize(
    ("version", "in_template", "severity", "code", "words"),
    [
        ("1.43", False, "hint", "api-version-moved", "from API version 1.44 on"),
        ("1.43", True, "lost", "api-version-dropped", "where there are TaskTemplate.Networks"),
        ("1.44", False, "lost", "api-version-dropped", "the service joins no network"),
        ("1.44", True, "lost", "api-version-dropped", "from API version 1.44 on"),
    ],
)
def test_networks_at_the_top_level(version, in_template, severity, code, words):
    spec = changed("Networks", [{"Target": "n"}])
    if not in_template:
        del spec["TaskTemplate"]["Networks"]
    (finding,) = found(spec, api_version=version)
    assert (finding.path, finding.source) == ("Networks", "api-version")
    assert (finding.severity, finding.code) == (severity, code)
    assert words in finding.rule


def test_all_errors_are_told_at_once():
    spec = {
        "Name": "a b",
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": "",
                "Mounts": [
                    {"Type": "x", "Target": "/a"},
                    {"Type": "bind", "Source": "rel", "Target": "/a"},
                    {"Type": "y", "Target": "/b", "BindOptions": {"Propagation": "up"}},
                ],
                "Secrets": [None, None, {"SecretID": "i", "SecretName": "n", "File": {}}],
                "Privileges": {"CredentialSpec": {"File": "a", "Registry": "b"}},
                "Configs": [{"ConfigID": "c"}, None, {"Runtime": {}, "File": {"Name": "f"}}],
            },
            "Resources": {"SwapBytes": 1, "Limits": {"NanoCPUs": 1}},
            "RestartPolicy": {"Condition": "x", "Delay": -1},
        },
        "Mode": {"Global": {}, "GlobalJob": {}},
        "UpdateConfig": {"Order": "x", "FailureAction": "y"},
        "EndpointSpec": {"Mode": "z"},
    }
    errors = [f"{finding.source} {finding.path}" for finding in found(spec)]
    assert errors == [
        "manager Name",
        f"manager {IN_CONTAINER}.Image",
        f"engine {IN_CONTAINER}.Privileges.CredentialSpec",
        f"engine {IN_CONTAINER}.Mounts[0].Type",
        f"worker {IN_CONTAINER}.Mounts[1].Source",
        f"manager {IN_CONTAINER}.Mounts[1].Target",
        f"engine {IN_CONTAINER}.Mounts[2].Type",
        f"engine {IN_CONTAINER}.Mounts[2].BindOptions.Propagation",
        f"engine {IN_CONTAINER}.Secrets[0]",
        f"engine {IN_CONTAINER}.Secrets[1]",
        f"manager {IN_CONTAINER}.Secrets[2].File.Name",
        f"worker {IN_CONTAINER}.Secrets[2].File.UID",
        f"worker {IN_CONTAINER}.Secrets[2].File.GID",
        f"engine {IN_CONTAINER}.Configs[0]",
        f"engine {IN_CONTAINER}.Configs[1]",
        f"engine {IN_CONTAINER}.Configs[2]",
        "manager TaskTemplate.Resources.Limits.NanoCPUs",
        "engine TaskTemplate.Resources.Limits.MemoryBytes",
        "engine TaskTemplate.RestartPolicy.Condition",
        "manager TaskTemplate.RestartPolicy.Delay",
        "engine Mode",
        "engine UpdateConfig.FailureAction",
        "engine UpdateConfig.Order",
        "engine EndpointSpec.Mode",
    ]


@pytest.mark.parametrize(
    ("template", "mode", "want"),
    [
        ({}, {}, {"TaskTemplate.ContainerSpec": "engine-missing"}),
        (
            {"Runtime": "plugin"},
            {},
            {"TaskTemplate.PluginSpec": "engine-missing", "TaskTemplate.Runtime": "manager-hint"},
        ),
        ({"Runtime": "contaner"}, {}, {"TaskTemplate.Runtime": "engine-unsupported"}),
        (
            {"Runtime": "attachment", "NetworkAttachmentSpec": {"ContainerID": "c"}},
            {"Replicated": {"Replicas": 2**63}},
            {
                "TaskTemplate.Runtime": "engine-unsupported",
                "Mode.Replicated.Replicas": "manager-InvalidArgument",
            },
        ),
        (
            {"Runtime": "plugn", "PluginSpec": {"name": "p", "remote": "r"}},
            {"Replicated": {}},
            {"TaskTemplate.Runtime": "engine-unsupported"},
        ),
        (
            {"Runtime": "plugin", "PluginSpec": {"name": "p", "remote": "r"}},
            {"Replicated": {}},
            {"TaskTemplate.Runtime": "engine-conflict"},
        ),
    ],
)
def test_a_runtime_that_does_not_fit(template, mode, want):
    findings = found({"Name": "a", "TaskTemplate": template, "Mode": mode})
    assert {finding.path: finding.code for finding in findings} == want
    assert all(finding.fix or finding.source == "manager" for finding in findings)


def test_the_order_is_that_of_the_document():
    spec = changed("EndpointSpec.Mode", "x")
    spec["Nam"] = spec["Ttys"] = 1
    spec["TaskTemplate"]["Runtim"] = 1
    spec["TaskTemplate"]["ContainerSpec"]["Mounts"] *= 11
    spec["TaskTemplate"]["ContainerSpec"]["Mounts"][10] = {
        **spec["TaskTemplate"]["ContainerSpec"]["Mounts"][0],
        "Consistency": "cached",
        "Target": "/ten",
        "xx": 1,
    }
    paths = [finding.path for finding in found(spec) if "duplicate mount" not in finding.rule]
    assert paths == [
        "EndpointSpec.Mode",
        f"{IN_CONTAINER}.Mounts[10].Consistency",
        f"{IN_CONTAINER}.Mounts[10].xx",
        "TaskTemplate.Runtim",
        "Nam",
        "Ttys",
    ]


def test_each_path_leads_to_the_value():
    spec = engine.decode(json.dumps(changed(f"{MOUNT}.Consistency", "cached")), engine.ServiceSpec)
    (finding,) = check(spec)
    assert value_at(spec, parse_path(finding.path)) == "cached"


def test_no_more_than_so_many_errors_are_told():
    mounts = [{"Type": "x", "Target": f"/{number}"} for number in range(300)]
    findings = found(changed(f"{IN_CONTAINER}.Mounts", mounts))
    assert len(findings) == 200
