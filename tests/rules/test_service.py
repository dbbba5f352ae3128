"""Every rule for services: code, words and path."""

import pytest

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules import (
    service_spec_problems,
    service_spec_update_problems,
    validate_service_spec,
    validate_service_spec_update,
)
from swarmwire.rules.duration import malformed_problem
from swarmwire.rules.template import evaluate
from tests.rules.build import good_service


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    """An endless template need not take long here."""
    monkeypatch.setattr(evaluate, "_MAX_STEPS", 10_000)


ENV = "TaskTemplate.ContainerSpec.Env[0]"
MOUNT = "TaskTemplate.ContainerSpec.Mounts[0]"
NOPE = "can't evaluate field Nope in type *template.Context"


def spoil(change):
    spec = good_service()
    change(spec, spec.task, spec.task.container)
    return spec


def found(spec):
    return [(err.code, err.path, err.reason) for err in service_spec_problems(spec)]


def bad(path, reason, change, code="InvalidArgument"):
    return pytest.param(change, [(code, path, reason)], id=reason[:50])


def set_health(field, seconds=0, nanos=0):
    def change(_spec, _task, container):
        duration = getattr(container.healthcheck, field)
        duration.seconds, duration.nanos = seconds, nanos

    return change


def add_secret(container, **fields):
    reference = container.secrets.add(secret_id="i", secret_name="n")
    reference.file.name = "f"
    for name, value in fields.items():
        setattr(reference, name, value)
    return reference


def add_config(container, **fields):
    reference = container.configs.add(config_id="i", config_name="n")
    reference.file.name = "f"
    for name, value in fields.items():
        setattr(reference, name, value)
    return reference


def add_mount(container, **fields):
    return container.mounts.add(**fields)


def add_port(spec, **fields):
    spec.endpoint.ports.add(**fields)


def dns_round_robin(spec, _task, _container):
    spec.endpoint.mode = pb.EndpointSpec.DNSRR
    add_port(spec, publish_mode=pb.PortConfig.HOST)
    add_port(spec)


def generic(kind="some.Kind", *, type_url="t", value=b"v", payload=True):
    def change(_spec, task, _container):
        task.generic.kind = kind
        if payload:
            task.generic.payload.type_url = type_url
            task.generic.payload.value = value

    return change


def two_secrets(_spec, _task, container):
    add_secret(container)
    add_secret(container, secret_name="m")


def two_configs(_spec, _task, container):
    add_config(container)
    add_config(container, config_name="m")


def two_ports(spec, _task, _container):
    add_port(spec, published_port=80)
    add_port(spec, published_port=80, protocol=pb.PortConfig.UDP)
    add_port(spec, published_port=80, publish_mode=pb.PortConfig.HOST)


def two_mounts(_spec, _task, container):
    add_mount(container, target="/taskname")
    add_mount(container, target="/{{.Task.Name}}")


def malformed(seconds, nanos, reason):
    return f"duration: &types.Duration{{Seconds: {seconds},\nNanos: {nanos},\n}}{reason}"


@pytest.mark.parametrize(
    ("change", "want"),
    [
        bad(
            "Name", "meta: name must be provided", lambda s, t, c: s.annotations.ClearField("name")
        ),
        bad(
            "Name",
            "name must be valid as a DNS name component",
            lambda s, t, c: setattr(s.annotations, "name", "a.b"),
        ),
        bad(
            "Name",
            "name must be 63 characters or fewer",
            lambda s, t, c: setattr(s.annotations, "name", "a" * 64),
        ),
        bad(
            "TaskTemplate.Resources.Limits.NanoCPUs",
            "invalid cpu value 0.000999999: Must be at least 0.001",
            lambda s, t, c: setattr(t.resources.limits, "nano_cpus", 999_999),
        ),
        bad(
            "TaskTemplate.Resources.Reservations.MemoryBytes",
            "invalid memory value -5: Must be at least 4MiB",
            lambda s, t, c: setattr(t.resources.reservations, "memory_bytes", -5),
        ),
        bad(
            "TaskTemplate.RestartPolicy.Delay",
            "TaskSpec: restart-delay cannot be negative",
            lambda s, t, c: setattr(t.restart.delay, "nanos", -1),
        ),
        bad(
            "TaskTemplate.RestartPolicy.Window",
            "TaskSpec: restart-window cannot be negative",
            lambda s, t, c: setattr(t.restart.window, "seconds", -1),
        ),
        bad(
            "TaskTemplate.RestartPolicy.Window",
            malformed(0, 1_000_000_000, ": nanos out of range"),
            lambda s, t, c: setattr(t.restart.window, "nanos", 1_000_000_000),
            "Unknown",
        ),
        bad(
            "TaskTemplate.Placement.Constraints[1]",
            "constraint expected one operator from ==, !=",
            lambda s, t, c: t.placement.constraints.extend(["node.id==a", "node.id=a"]),
            "Unknown",
        ),
        bad(
            "TaskTemplate.Placement.Constraints[0]",
            "key 'a!=b' is invalid",
            lambda s, t, c: t.placement.constraints.append("a!=b==c"),
            "Unknown",
        ),
        bad(
            "TaskTemplate.Placement.Constraints[0]",
            "value '=b' is invalid",
            lambda s, t, c: t.placement.constraints.append(" no ===b "),
            "Unknown",
        ),
        bad(
            "TaskTemplate.ContainerSpec.Secrets[0].SecretID",
            "malformed secret reference",
            lambda s, t, c: add_secret(c, secret_id=""),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Secrets[0].SecretName",
            "malformed secret reference",
            lambda s, t, c: add_secret(c, secret_name=""),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Secrets[0].File",
            "malformed secret reference, no target provided",
            lambda s, t, c: add_secret(c).ClearField("file"),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Secrets[0].File.Name",
            "malformed file secret reference, invalid target file name provided",
            lambda s, t, c: setattr(add_secret(c).file, "name", ""),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Secrets[1].File.Name",
            "secret references 'n' and 'm' have a conflicting target: 'f'",
            two_secrets,
        ),
        bad(
            "TaskTemplate.ContainerSpec.Configs[0].ConfigID",
            "malformed config reference",
            lambda s, t, c: add_config(c, config_id=""),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Configs[0].ConfigName",
            "malformed config reference",
            lambda s, t, c: add_config(c, config_name=""),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Configs[0].File",
            "malformed config reference, no target provided",
            lambda s, t, c: add_config(c).ClearField("file"),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Configs[0].File.Name",
            "malformed file config reference, invalid target file name provided",
            lambda s, t, c: setattr(add_config(c).file, "name", ""),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Configs[1].File.Name",
            "config references 'n' and 'm' have a conflicting target: 'f'",
            two_configs,
        ),
        bad(
            "TaskTemplate.ContainerSpec.Privileges.CredentialSpec.Config",
            "CredentialSpec references config 'i',"
            " but that config isn't in config references with RuntimeTarget",
            lambda s, t, c: (
                add_config(c),
                setattr(c.privileges.credential_spec, "config", "i"),
            ),
        ),
        bad(
            "TaskTemplate",
            "TaskSpec: missing runtime",
            lambda s, t, c: t.ClearField("container"),
        ),
        bad(
            "TaskTemplate.NetworkAttachmentSpec",
            "RuntimeSpec: unimplemented runtime in service spec",
            lambda s, t, c: t.attachment.SetInParent(),
            "Unimplemented",
        ),
        bad("TaskTemplate.Runtime", 'Generic runtime: Invalid name "é"', generic("é")),
        bad(
            "TaskTemplate.Runtime",
            'Generic runtime: "Container" is a reserved name',
            generic("Container"),
        ),
        bad(
            "TaskTemplate.Runtime",
            'Generic runtime: "attachment" is a reserved name',
            generic("attachment"),
        ),
        bad(
            "TaskTemplate.PluginSpec",
            "Generic runtime is missing payload",
            generic(payload=False),
        ),
        bad(
            "TaskTemplate.PluginSpec",
            "Generic runtime is missing payload type",
            generic(type_url=""),
        ),
        bad(
            "TaskTemplate.PluginSpec",
            "Generic runtime has an empty payload",
            generic(value=b""),
        ),
        bad(
            ENV,
            'expanding env failed: expanding env "A={{": template: expansion:1: unclosed action',
            lambda s, t, c: c.env.append("A={{"),
        ),
        bad(
            f"{MOUNT}.Source",
            'expanding mounts failed: expanding mount source "{{.Nope}}":'
            f' template: expansion:1:2: executing "expansion" at <.Nope>: {NOPE}',
            lambda s, t, c: add_mount(c, source="{{.Nope}}"),
        ),
        bad(
            f"{MOUNT}.Target",
            'expanding mounts failed: expanding mount target "{{.Nope}}":'
            f' template: expansion:1:2: executing "expansion" at <.Nope>: {NOPE}',
            lambda s, t, c: add_mount(c, target="{{.Nope}}"),
        ),
        bad(
            f"{MOUNT}.VolumeOptions.Labels[b]",
            'expanding mounts failed: expanding volume labels: expanding map entry "b"="{{nope}}":'
            ' template: expansion:1: function "nope" not defined',
            lambda s, t, c: add_mount(c).volume_options.labels.update({"b": "{{nope}}", "a": ""}),
        ),
        bad(
            f"{MOUNT}.VolumeOptions.DriverConfig.Options[b]",
            "expanding mounts failed: expanding volume driver config:"
            ' expanding map entry "b"="{{nope}}":'
            ' template: expansion:1: function "nope" not defined',
            lambda s, t, c: add_mount(c).volume_options.driver_config.options.update(
                {"b": "{{nope}}"}
            ),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Hostname",
            "expanding hostname failed:"
            f' template: expansion:1:2: executing "expansion" at <.Nope>: {NOPE}',
            lambda s, t, c: setattr(c, "hostname", "{{.Nope}}"),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Image",
            "ContainerSpec: image reference must be provided",
            lambda s, t, c: c.ClearField("image"),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Image",
            'ContainerSpec: "a\\tb" is not a valid repository/tag',
            lambda s, t, c: setattr(c, "image", "a\tb"),
        ),
        bad(
            "TaskTemplate.ContainerSpec.Mounts[1].Target",
            "ContainerSpec: duplicate mount point: /taskname",
            two_mounts,
        ),
        *(
            bad(
                f"TaskTemplate.ContainerSpec.Healthcheck.{name}",
                f"ContainerSpec: {name} in HealthConfig cannot be less than 1ms",
                set_health(field, nanos=nanos),
            )
            for field, name, nanos in (
                ("interval", "Interval", 1),
                ("timeout", "Timeout", -1),
                ("start_period", "StartPeriod", 999_999),
                ("start_interval", "StartInterval", -999_999_999),
            )
        ),
        bad(
            "TaskTemplate.ContainerSpec.Healthcheck.Timeout",
            malformed(1, -1, ": seconds and nanos have different signs"),
            set_health("timeout", 1, -1),
            "Unknown",
        ),
        bad(
            "TaskTemplate.ContainerSpec.Healthcheck.Retries",
            "ContainerSpec: Retries in HealthConfig cannot be negative",
            lambda s, t, c: setattr(c.healthcheck, "retries", -1),
        ),
        bad("Mode", "Unrecognized service mode", lambda s, t, c: s.ClearField("replicated")),
        bad(
            "Mode.Replicated.Replicas",
            "Number of replicas must be non-negative",
            lambda s, t, c: setattr(s.replicated, "replicas", 2**63),
        ),
        bad(
            "Mode.ReplicatedJob.MaxConcurrent",
            "Maximum concurrent jobs must not be negative",
            lambda s, t, c: setattr(s.replicated_job, "max_concurrent", 2**64 - 1),
        ),
        bad(
            "Mode.ReplicatedJob.TotalCompletions",
            "Total completed jobs must not be negative",
            lambda s, t, c: setattr(s.replicated_job, "total_completions", 2**63),
        ),
        bad(
            "UpdateConfig",
            "Jobs may not have an update config",
            lambda s, t, c: (s.global_job.SetInParent(), s.update.SetInParent()),
        ),
        bad(
            "UpdateConfig.Delay",
            "TaskSpec: update-delay cannot be negative",
            lambda s, t, c: setattr(s.update.delay, "seconds", -1),
        ),
        bad(
            "UpdateConfig.Delay",
            "grpc: error unmarshalling request: "
            + malformed(-1, 1, ": seconds and nanos have different signs"),
            lambda s, t, c: (
                setattr(s.update.delay, "seconds", -1),
                setattr(s.update.delay, "nanos", 1),
            ),
            "Internal",
        ),
        bad(
            "RollbackConfig.Delay",
            "grpc: error unmarshalling request: "
            + malformed(1, -1, ": seconds and nanos have different signs"),
            lambda s, t, c: (
                setattr(s.rollback.delay, "seconds", 1),
                setattr(s.rollback.delay, "nanos", -1),
            ),
            "Internal",
        ),
        bad(
            "UpdateConfig.Monitor",
            "TaskSpec: update-monitor cannot be negative",
            lambda s, t, c: setattr(s.update.monitor, "seconds", -1),
        ),
        bad(
            "UpdateConfig.MaxFailureRatio",
            "TaskSpec: update-maxfailureratio cannot be less than 0 or bigger than 1",
            lambda s, t, c: setattr(s.update, "max_failure_ratio", 1.5),
        ),
        bad(
            "EndpointSpec.Ports[1]",
            "EndpointSpec: port published with ingress mode can't be used with dnsrr mode",
            dns_round_robin,
        ),
        bad(
            "EndpointSpec.Ports[2]",
            "EndpointSpec: duplicate published ports provided",
            two_ports,
        ),
    ],
)
def test_each_rule(change, want):
    spec = spoil(change)
    assert found(spec) == want
    with pytest.raises(InvalidSpec) as caught:
        validate_service_spec(spec)
    assert (caught.value.code, caught.value.path, caught.value.reason) == want[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda s, t, c: None,
        lambda s, t, c: setattr(s.annotations, "name", "A-_-b" + "c" * 58),
        lambda s, t, c: setattr(s.update, "max_failure_ratio", float("nan")),
        lambda s, t, c: setattr(s.update, "max_failure_ratio", 1),
        lambda s, t, c: (s.rollback.SetInParent(), setattr(s.rollback.delay, "seconds", -1)),
        lambda s, t, c: (s.global_job.SetInParent(), s.rollback.SetInParent()),
        lambda s, t, c: t.placement.constraints.append("\u2003no_.-x\t!=\x85a b\\|/:"),
        lambda s, t, c: c.env.extend(
            ["{{", "A", "A={{.Task.Slot}}", '=={{index .Service.Labels ""}}']
        ),
        lambda s, t, c: (add_mount(c, target="/a"), add_mount(c, target="/a/"), add_mount(c)),
        lambda s, t, c: add_port(s),
        lambda s, t, c: c.env.append("A={{range 100000000}}{{end}}"),
        lambda s, t, c: (
            add_config(c).runtime.SetInParent(),
            setattr(c.privileges.credential_spec, "config", "i"),
        ),
        lambda s, t, c: (add_secret(c), add_config(c), add_config(c).runtime.SetInParent()),
        lambda s, t, c: setattr(t.restart.delay, "seconds", 5),
        set_health("interval", nanos=1_000_000),
        generic(),
        generic("cni"),
    ],
)
def test_accepted(change):
    spec = spoil(change)
    assert found(spec) == []
    validate_service_spec(spec)


def test_all_problems_in_order():
    spec = pb.ServiceSpec()
    spec.annotations.name = "-" * 64
    task, container = spec.task, spec.task.container
    for resources in (task.resources.reservations, task.resources.limits):
        resources.memory_bytes = resources.nano_cpus = 1
    task.restart.window.seconds = task.restart.delay.seconds = -1
    task.placement.constraints.append("x")
    container.healthcheck.retries = -1
    container.hostname = "{{"
    container.env.extend(["A={{", "B={{"])
    add_mount(container, target="{{", source="{{")
    add_mount(container, target="/a")
    add_config(container, config_id="")
    add_secret(container, secret_id="")
    spec.update.max_failure_ratio = 2
    spec.update.monitor.seconds = spec.update.delay.seconds = -1
    spec.rollback.delay.nanos = spec.update.delay.nanos = 1
    spec.rollback.delay.seconds = -1
    dns_round_robin(spec, task, container)
    assert [path for _, path, _ in found(spec)] == [
        *("UpdateConfig.Delay", "RollbackConfig.Delay", "Name", "Name"),
        *(f"TaskTemplate.Resources.Limits.{name}" for name in ("NanoCPUs", "MemoryBytes")),
        *(f"TaskTemplate.Resources.Reservations.{name}" for name in ("NanoCPUs", "MemoryBytes")),
        *("TaskTemplate.RestartPolicy.Delay", "TaskTemplate.RestartPolicy.Window"),
        "TaskTemplate.Placement.Constraints[0]",
        "TaskTemplate.ContainerSpec.Secrets[0].SecretID",
        "TaskTemplate.ContainerSpec.Configs[0].ConfigID",
        "TaskTemplate.ContainerSpec.Env[0]",
        "TaskTemplate.ContainerSpec.Env[1]",
        "TaskTemplate.ContainerSpec.Mounts[0].Source",
        "TaskTemplate.ContainerSpec.Mounts[0].Target",
        "TaskTemplate.ContainerSpec.Hostname",
        "TaskTemplate.ContainerSpec.Image",
        "TaskTemplate.ContainerSpec.Healthcheck.Retries",
        *("Mode", "UpdateConfig.Monitor", "UpdateConfig.MaxFailureRatio"),
        "EndpointSpec.Ports[1]",
    ]


@pytest.mark.parametrize(
    "target", ["{{range 100000000}}{{end}}", "{{" + "(" * 100_000], ids=["endless", "too deep"]
)
def test_a_template_that_is_not_followed_is_left_to_the_manager(target):
    spec = good_service()
    add_mount(spec.task.container, target=target)
    assert found(spec) == []


def test_a_reference_without_a_name_or_a_target():
    spec = spoil(lambda s, t, c: add_config(c, config_id="").ClearField("file"))
    assert [path for _, path, _ in found(spec)] == [
        "TaskTemplate.ContainerSpec.Configs[0].ConfigID",
        "TaskTemplate.ContainerSpec.Configs[0].File",
    ]


def test_no_spec_at_all():
    assert found(None) == [("InvalidArgument", "", "invalid argument")]


@pytest.mark.parametrize(
    ("seconds", "nanos", "reason"),
    [
        (315_576_000_001, 0, ": seconds out of range"),
        (315_576_000_000, 0, " is out of range for time.Duration"),
        (0, -1_000_000_000, ": nanos out of range"),
        (9_223_372_036, 854_775_808, " is out of range for time.Duration"),
        (-9_223_372_037, 0, " is out of range for time.Duration"),
    ],
)
def test_malformed_durations(seconds, nanos, reason):
    problem = malformed_problem(pb.Duration(seconds=seconds, nanos=nanos))
    assert problem is not None
    assert problem.reason == malformed(seconds, nanos, reason)


def test_well_formed_durations():
    assert malformed_problem(pb.Duration(seconds=-9_223_372_036, nanos=-854_775_808)) is None


def test_updates():
    old, new = good_service(), good_service()
    validate_service_spec_update(old, new)
    new.networks.add(target="n")
    new.annotations.name = "Web"
    getattr(new, "global").SetInParent()
    assert [(e.code, e.path, e.reason) for e in service_spec_update_problems(old, new)] == [
        (
            "Unimplemented",
            "Networks",
            "networks must be migrated to TaskSpec before being changed",
        ),
        ("Unimplemented", "Mode", "service mode change is not allowed"),
        ("Unimplemented", "Name", "renaming services is not supported"),
    ]
    with pytest.raises(InvalidSpec, match="migrated"):
        validate_service_spec_update(old, new)


def test_networks_may_migrate():
    old, new = good_service(), good_service()
    old.networks.add(target="n")
    new.task.networks.add(target="n")
    assert service_spec_update_problems(old, new) == []
