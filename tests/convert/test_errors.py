"""Errors say which field, what kind of wrong, and never a secret."""

import copy
import io
import pickle
import traceback

import pytest
from rich.console import Console
from rich.pretty import pretty_repr

from swarmwire import convert, engine, errors, pb
from swarmwire.errors import (
    ConvertError,
    DecodeError,
    FieldError,
    InvalidSpec,
    MapKey,
    MismatchedRuntime,
    SwarmwireError,
    UnsupportedRuntime,
    render_path,
)

SECRET = "hunter2hunter2"
CONTAINER = "TaskTemplate.ContainerSpec"


def spec(**attributes):
    container = engine.ContainerSpec(image="i", **attributes)
    return engine.ServiceSpec(name="n", task_template=engine.TaskSpec(container_spec=container))


def template(**attributes):
    out = spec()
    for name, value in attributes.items():
        setattr(out.task_template, name, value)
    return out


def of_service(**attributes):
    out = spec()
    for name, value in attributes.items():
        setattr(out, name, value)
    return out


def refusal(function, value, **options):
    with pytest.raises(ConvertError) as caught:
        function(value, **options)
    return caught.value


def credentials(**given):
    return spec(privileges=engine.Privileges(credential_spec=engine.CredentialSpec(**given)))


CONFIG = engine.ConfigReferenceFileTarget()
RUNTIME = engine.ConfigReferenceRuntimeTarget()
PLUGIN = {"runtime": "plugin", "plugin_spec": engine.RuntimeSpec()}
MISMATCH = "mismatched Runtime and *Spec fields"

REFUSED = {
    "no-container": (
        engine.ServiceSpec(),
        (f"{CONTAINER}", "missing", MISMATCH),
    ),
    "no-container-named": (
        template(runtime="container", container_spec=None),
        (f"{CONTAINER}", "missing", MISMATCH),
    ),
    "no-plugin": (
        template(runtime="plugin"),
        ("TaskTemplate.PluginSpec", "missing", MISMATCH),
    ),
    "attachment": (
        template(runtime="attachment", network_attachment_spec=engine.NetworkAttachmentSpec()),
        ("TaskTemplate.Runtime", "unsupported", "unsupported runtime"),
    ),
    "no-runtime": (
        template(runtime="Container"),
        ("TaskTemplate.Runtime", "unsupported", "unsupported runtime"),
    ),
    "replicated-plugin": (
        engine.ServiceSpec(
            task_template=engine.TaskSpec(**PLUGIN),
            mode=engine.ServiceMode(replicated=engine.ReplicatedService()),
        ),
        ("TaskTemplate.Runtime", "conflict", "plugins must not use replicated mode"),
    ),
    "plugin-job": (
        engine.ServiceSpec(
            task_template=engine.TaskSpec(**PLUGIN),
            mode=engine.ServiceMode(global_job=engine.GlobalJob()),
        ),
        ("Mode", "conflict", "must specify only one service mode"),
    ),
    "two-modes": (
        of_service(
            mode=engine.ServiceMode(
                replicated=engine.ReplicatedService(), global_=engine.GlobalService()
            )
        ),
        ("Mode", "conflict", "must specify only one service mode"),
    ),
    "two-job-modes": (
        of_service(
            mode=engine.ServiceMode(
                replicated_job=engine.ReplicatedJob(), global_job=engine.GlobalJob()
            )
        ),
        ("Mode", "conflict", "must specify only one service mode"),
    ),
    "null-secret": (
        spec(secrets=[engine.SecretReference(), None]),
        (f"{CONTAINER}.Secrets[1]", "crash", None),
    ),
    "null-config": (
        spec(configs=[None]),
        (f"{CONTAINER}.Configs[0]", "crash", None),
    ),
    "null-ulimit": (
        spec(ulimits=[None]),
        (f"{CONTAINER}.Ulimits[0]", "crash", None),
    ),
    "null-privilege": (
        engine.ServiceSpec(
            task_template=engine.TaskSpec(
                runtime="plugin", plugin_spec=engine.RuntimeSpec(privileges=[None])
            )
        ),
        ("TaskTemplate.PluginSpec.privileges[0]", "crash", None),
    ),
    "config-without-target": (
        spec(configs=[engine.ConfigReference(file=CONFIG), engine.ConfigReference()]),
        (
            f"{CONTAINER}.Configs[1]",
            "missing",
            "invalid Config: either File or Runtime should be set",
        ),
    ),
    "config-with-two-targets": (
        spec(configs=[engine.ConfigReference(file=CONFIG, runtime=RUNTIME)]),
        (
            f"{CONTAINER}.Configs[0]",
            "conflict",
            "invalid Config: cannot specify both File and Runtime",
        ),
    ),
    "no-credentials": (
        credentials(),
        (
            f"{CONTAINER}.Privileges.CredentialSpec",
            "missing",
            (
                'invalid CredentialSpec: must either provide "file", "registry", or "config" '
                "for credential spec"
            ),
        ),
    ),
    "two-credentials": (
        credentials(file="f", registry="r"),
        (
            f"{CONTAINER}.Privileges.CredentialSpec",
            "conflict",
            'invalid CredentialSpec: cannot specify both "file" and "registry" credential specs',
        ),
    ),
    "three-credentials": (
        credentials(file="f", registry="r", config="c"),
        (
            f"{CONTAINER}.Privileges.CredentialSpec",
            "conflict",
            (
                'invalid CredentialSpec: cannot specify both "config", "file", and "registry" '
                "credential specs"
            ),
        ),
    ),
    "swap-without-memory": (
        template(resources=engine.ResourceRequirements(swap_bytes=0)),
        (
            "TaskTemplate.Resources.Limits.MemoryBytes",
            "missing",
            "memory swap provided, but no memory-limit was set",
        ),
    ),
    "formless-resource": (
        template(
            resources=engine.ResourceRequirements(
                reservations=engine.Resources(generic_resources=[engine.GenericResource()])
            )
        ),
        ("TaskTemplate.Resources.Reservations.GenericResources[0]", "crash", None),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_spec_is_refused_at_its_path(name):
    value, (path, kind, reason) = REFUSED[name]
    error = refusal(convert.service_spec_to_grpc, value)
    assert (error.path, error.kind) == (path, kind)
    if reason is not None:
        assert error.reason == reason
    assert str(error) == f"{path}: {error.reason}"


@pytest.mark.parametrize("name", ["attachment", "no-runtime"])
def test_unsupported_runtime_has_a_class(name):
    assert isinstance(refusal(convert.service_spec_to_grpc, REFUSED[name][0]), UnsupportedRuntime)


@pytest.mark.parametrize("name", ["no-container", "no-container-named", "no-plugin"])
def test_mismatched_runtime_has_a_class(name):
    assert isinstance(refusal(convert.service_spec_to_grpc, REFUSED[name][0]), MismatchedRuntime)


def test_null_external_ca_is_refused():
    swarm = engine.SwarmSpec(ca_config=engine.CAConfig(external_cas=[None]))
    error = refusal(convert.swarm_spec_to_grpc, swarm)
    assert (error.path, error.kind) == ("CAConfig.ExternalCAs[0]", "crash")


def stored(change):
    service = pb.Service()
    change(service.spec.task)
    return service


def generic(kind, type_url=None, payload=b""):
    def change(task):
        task.generic.kind = kind
        if type_url is not None:
            task.generic.payload.type_url = type_url
            task.generic.payload.value = payload

    return change


@pytest.mark.parametrize(
    ("change", "class_", "path", "kind", "reason"),
    [
        (
            lambda task: None,
            UnsupportedRuntime,
            "TaskTemplate.Runtime",
            "unsupported",
            "error creating service; unsupported runtime <nil>",
        ),
        (
            lambda task: task.attachment.SetInParent(),
            UnsupportedRuntime,
            "TaskTemplate.Runtime",
            "unsupported",
            "error creating service; unsupported runtime *api.TaskSpec_Attachment",
        ),
        (
            generic("other", "example.com/x"),
            UnsupportedRuntime,
            "TaskTemplate.Runtime",
            "unsupported",
            "unknown task runtime type: example.com/x",
        ),
        (generic("other"), ConvertError, "TaskTemplate.Runtime", "crash", None),
        (generic("plugin"), ConvertError, "TaskTemplate.PluginSpec", "crash", None),
        (
            generic("plugin", "x", b"\xff"),
            ConvertError,
            "TaskTemplate.PluginSpec",
            "type",
            None,
        ),
    ],
)
def test_stored_service_that_cannot_be_shown_is_refused(change, class_, path, kind, reason):
    for function, message, prefix in (
        (convert.service_from_grpc, stored(change), "Spec."),
        (convert.service_spec_from_grpc, stored(change).spec, ""),
    ):
        error = refusal(function, message)
        assert type(error) is class_
        assert (error.path, error.kind) == (prefix + path, kind)
        if reason is not None:
            assert error.reason == reason
    previous = stored(lambda task: task.container.SetInParent())
    previous.previous_spec.CopyFrom(stored(change).spec)
    assert refusal(convert.service_from_grpc, previous).path == "PreviousSpec." + path


def test_stored_plugin_with_text_that_is_no_utf_8_is_read():
    payload = pb.PluginSpec(name="abc").SerializeToString().replace(b"abc", b"a\xffc")
    service = stored(generic("plugin", "x", payload))
    plugin = convert.service_from_grpc(service).spec.task_template.plugin_spec
    assert plugin.name == "a\ufffdc"


@pytest.mark.parametrize(
    ("change", "runtime"),
    [
        (lambda task: None, ""),
        (generic("other"), ""),
        (lambda task: task.attachment.SetInParent(), "attachment"),
        (lambda task: task.container.SetInParent(), ""),
    ],
)
def test_task_of_any_runtime_is_read(change, runtime):
    task = pb.Task()
    change(task.spec)
    assert convert.task_from_grpc(task).spec.runtime == runtime


def test_volume_without_a_driver_is_refused():
    error = refusal(convert.volume_from_grpc, pb.Volume())
    assert (error.path, error.kind) == ("Driver", "crash")


@pytest.mark.parametrize("resources", [[engine.GenericResource()], [
    engine.GenericResource(discrete_resource_spec=engine.DiscreteGenericResource()),
    engine.GenericResource(),
]])  # fmt: skip
def test_formless_resource_of_a_list_is_refused(resources):
    error = refusal(convert.generic_resources_to_grpc, resources)
    assert (error.path, error.kind) == (f"[{len(resources) - 1}]", "crash")


# Hand-built objects with wrong things in them


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (spec(env=["A=1", 2]), f"{CONTAINER}.Env[1]"),
        # Which of the labels it is, msgspec does not tell.
        (spec(labels={"a": 1}), f"{CONTAINER}.Labels"),
        (spec(hostname=1), f"{CONTAINER}.Hostname"),
        (spec(oom_score_adj=2**63), f"{CONTAINER}.OomScoreAdj"),
        (spec(mounts=[engine.Mount(), engine.Mount(target=None)]), f"{CONTAINER}.Mounts[1].Target"),
        (
            of_service(endpoint_spec=engine.EndpointSpec(ports=[engine.PortConfig(target_port=-1)])),
            "EndpointSpec.Ports[0].TargetPort",
        ),
        (
            of_service(
                endpoint_spec=engine.EndpointSpec(ports=[engine.PortConfig(published_port=2**32)])
            ),
            "EndpointSpec.Ports[0].PublishedPort",
        ),
        (template(force_update="1"), "TaskTemplate.ForceUpdate"),
        (of_service(mode=engine.ServiceMode(replicated=engine.ReplicatedService(replicas=-1))),
         "Mode.Replicated.Replicas"),
    ],
)  # fmt: skip
def test_value_that_protobuf_refuses_is_found(value, path):
    error = refusal(convert.service_spec_to_grpc, value)
    assert (error.path, error.kind) == (path, "type")


def test_lone_surrogate_is_refused_without_a_path():
    error = refusal(convert.service_spec_to_grpc, spec(hostname="\ud800"))
    assert error.kind == "type"
    assert "surrogate" in error.reason


# Secrets


def chained(error):
    """Everything that a traceback of ``error`` would show."""
    return "".join(traceback.format_exception(error))


SECRET_OBJECTS = [
    engine.SecretSpec(name="n", data=SECRET.encode()),
    engine.ConfigSpec(name="n", data=SECRET.encode()),
    engine.CAConfig(signing_ca_key=SECRET),
    engine.JoinTokens(worker=SECRET, manager=SECRET),
    engine.JoinRequest(join_token=SECRET),
    engine.UnlockRequest(unlock_key=SECRET),
    engine.Secret(spec=engine.SecretSpec(data=SECRET.encode())),
    engine.Config(spec=engine.ConfigSpec(data=SECRET.encode())),
    engine.SwarmSpec(ca_config=engine.CAConfig(signing_ca_key=SECRET)),
    engine.Swarm(join_tokens=engine.JoinTokens(worker=SECRET)),
    engine.InitRequest(spec=engine.SwarmSpec(ca_config=engine.CAConfig(signing_ca_key=SECRET))),
]


@pytest.mark.parametrize("value", SECRET_OBJECTS, ids=lambda value: type(value).__name__)
def test_secret_is_not_in_a_repr(value):
    paper = io.StringIO()
    Console(width=10_000, file=paper).print(value)
    for shown in (repr(value), str(value), f"{value}", pretty_repr(value), paper.getvalue()):
        assert SECRET not in shown
        assert type(value).__name__ in shown


def test_repr_shows_what_is_no_secret():
    value = engine.SecretSpec(name="db", data=b"12345", labels={"a": "b"})
    assert "name='db'" in repr(value)
    assert "12345" not in repr(value)
    assert "labels={'a': 'b'}" in repr(value)
    assert "data=b''" in repr(engine.SecretSpec())
    assert "'db'" in pretty_repr(value)


@pytest.mark.parametrize(
    ("function", "value"),
    [
        (convert.secret_spec_to_grpc, engine.SecretSpec(name="\ud800", data=SECRET.encode())),
        (convert.secret_spec_to_grpc, engine.SecretSpec(data=SECRET)),
        (convert.secret_spec_to_grpc, engine.SecretSpec(name=1, data=SECRET.encode())),
        (convert.secret_spec_to_grpc, engine.SecretSpec(data=[SECRET])),
        (convert.config_spec_to_grpc, engine.ConfigSpec(data=SECRET)),
        (
            convert.swarm_spec_to_grpc,
            engine.SwarmSpec(ca_config=engine.CAConfig(signing_ca_key=SECRET + "\ud800")),
        ),
        (
            convert.swarm_spec_to_grpc,
            engine.SwarmSpec(ca_config=engine.CAConfig(signing_ca_key=SECRET.encode())),
        ),
    ],
)
def test_secret_is_not_in_an_error(function, value):
    error = refusal(function, value)
    assert SECRET not in chained(error)
    assert SECRET not in repr(error)
    assert error.kind == "type"


@pytest.mark.parametrize(
    "text",
    [
        f'{{"Data":"{SECRET}!"}}',
        f'{{"Data":{{"x":"{SECRET}"}}}}',
        f'{{"Data":"{SECRET}',
        f'{{"data":"{SECRET}","Name":1}}',
        f'{{"Data":"{SECRET}" x}}',
    ],
)
def test_secret_is_not_in_a_decode_error(text):
    with pytest.raises(DecodeError) as caught:
        engine.decode(text, engine.SecretSpec)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)


# The errors themselves


ERRORS = [
    DecodeError("type", "r", "A", 1),
    ConvertError("unknown", "r", "A", MapKey("k.x"), "B"),
    UnsupportedRuntime(),
    UnsupportedRuntime("r", "A"),
    MismatchedRuntime(),
    MismatchedRuntime("r", "A"),
    InvalidSpec("InvalidArgument", "r", "A"),
    InvalidSpec("NotFound", "r", kind="missing"),
]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_error_is_pickled_and_copied_whole(error):
    error = copy.copy(error).under("Top")
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert again is not error
        assert (again.path, again.kind, again.reason) == (error.path, error.kind, error.reason)
        assert (str(again), again.args, repr(again)) == (str(error), error.args, repr(error))
        assert getattr(again, "code", None) == getattr(error, "code", None)
        again.under("More")
        assert again.path != error.path


def test_error_of_a_conversion_is_pickled():
    error = refusal(convert.service_spec_to_grpc, REFUSED["null-secret"][0])
    assert pickle.loads(pickle.dumps(error)).path == error.path


def test_path_grows_in_front():
    error = ConvertError("type", "r", "C").under("B", 2).under("A", MapKey("x.y"))
    assert error.path == "A[x.y].B[2].C"
    assert error.steps == ("A", "x.y", "B", 2, "C")
    assert isinstance(error.steps[1], MapKey)
    assert str(error) == "A[x.y].B[2].C: r"
    assert str(ConvertError("type", "r")) == "r"


@pytest.mark.parametrize(
    ("steps", "path"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A.B"),
        ([0], "[0]"),
        ([0, "A"], "[0].A"),
        (["A", 0, 1, "B"], "A[0][1].B"),
        (["Labels", MapKey("com.example")], "Labels[com.example]"),
    ],
)
def test_path_is_rendered(steps, path):
    assert render_path(steps) == path


def test_tree_of_errors_is_the_one_of_the_docstring():
    assert issubclass(FieldError, (SwarmwireError, ValueError))
    for class_ in (DecodeError, ConvertError, InvalidSpec):
        assert class_.__bases__ == (FieldError,)
    for class_ in (UnsupportedRuntime, MismatchedRuntime):
        assert class_.__bases__ == (ConvertError,)
    for name, class_ in vars(errors).items():
        if isinstance(class_, type) and issubclass(class_, Exception):
            assert name in errors.__doc__


# What else lossless keeps


def references(lossless):
    service = pb.Service()
    container = service.spec.task.container
    container.secrets.add(secret_id="s", secret_name="sn")
    container.configs.add(config_id="c", config_name="cn")
    shown = convert.service_from_grpc(service, lossless=lossless)
    return shown.spec.task_template.container_spec


def test_reference_without_a_target_is_kept_by_lossless():
    assert references(False).secrets == references(False).configs == []
    kept = references(True)
    assert kept.secrets == [engine.SecretReference(secret_id="s", secret_name="sn")]
    assert kept.configs == [engine.ConfigReference(config_id="c", config_name="cn")]


def test_bind_options_without_propagation_are_kept_by_lossless():
    value = spec(mounts=[engine.Mount(bind_options=engine.BindOptions(create_mountpoint=True))])
    assert not convert.service_spec_to_grpc(value).task.container.mounts[0].HasField("bind_options")
    bind = convert.service_spec_to_grpc(value, lossless=True).task.container.mounts[0].bind_options
    assert bind.createmountpoint is True
    assert bind.propagation == 0


# Names


def test_name_is_invented_from_the_content():
    value = spec()
    value.name = ""
    first = convert.service_spec_to_grpc(value).annotations.name
    assert first == convert.service_spec_to_grpc(copy.deepcopy(value)).annotations.name
    assert first.startswith("service-")
    assert len(first) == len("service-") + 12
    value.task_template.container_spec.image = "other"
    assert convert.service_spec_to_grpc(value).annotations.name != first
    assert convert.service_spec_to_grpc(value, name="given").annotations.name == "given"
    value.name = "own"
    assert convert.service_spec_to_grpc(value, name="given").annotations.name == "own"


# The merge onto an existing swarm


def test_swarm_update_keeps_what_it_leaves_empty():
    existing = pb.ClusterSpec()
    existing.annotations.name = "default"
    existing.annotations.labels["a"] = "b"
    existing.raft.snapshot_interval = 10
    existing.ca_config.external_cas.add(url="old")
    out = convert.swarm_spec_to_grpc(engine.SwarmSpec(labels={}), existing)
    assert dict(out.annotations.labels) == {"a": "b"}
    assert out.raft.snapshot_interval == 10
    update = engine.SwarmSpec(
        name="new",
        labels={"c": "d"},
        ca_config=engine.CAConfig(external_cas=[engine.ExternalCA(protocol="cfssl", url="new")]),
    )
    out = convert.swarm_spec_to_grpc(update, existing)
    assert dict(out.annotations.labels) == {"c": "d"}
    assert [external.url for external in out.ca_config.external_cas] == ["old", "new"]
    assert out.HasField("acceptance_policy")


# Texts of JSON within a message


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", None),
        ("null", None),
        ("[]", []),
        ('[["a"]]', [["a"]]),
        ("[null]", [None]),
        ('[["a",null]]', [["a", ""]]),
        ("{}", None),
        ("broken", None),
        ("[" * 100_000, None),
        ("1", None),
    ],
)
def test_stored_tmpfs_options_are_read_as_far_as_they_go(text, options):
    service = pb.Service()
    service.spec.task.container.mounts.add().tmpfs_options.options = text
    (mount,) = convert.service_from_grpc(service).spec.task_template.container_spec.mounts
    assert mount.tmpfs_options.options == options


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (None, "null"),
        ([], "[]"),
        ([None], "[null]"),
        ([["uid", "1"]], '[["uid","1"]]'),
        ([["<&>\u2028"]], '[["\\u003c\\u0026\\u003e\\u2028"]]'),
    ],
)
def test_tmpfs_options_are_stored_as_go_writes_them(options, text):
    value = spec(mounts=[engine.Mount(tmpfs_options=engine.TmpfsOptions(options=options))])
    message = convert.service_spec_to_grpc(value)
    assert message.task.container.mounts[0].tmpfs_options.options == text


def test_numbers_are_cut_to_32_bits_where_the_engine_cuts_them():
    value = spec(healthcheck=engine.HealthcheckConfig(retries=2**31))
    assert convert.service_spec_to_grpc(value).task.container.healthcheck.retries == -(2**31)
    swarm = engine.SwarmSpec(raft=engine.RaftConfig(election_tick=2**32 + 3, heartbeat_tick=-1))
    message = convert.swarm_spec_to_grpc(swarm)
    assert message.raft.election_tick == 3
    assert message.raft.heartbeat_tick == 2**32 - 1
    assert convert.task_from_grpc(pb.Task(slot=2**64 - 1)).slot == -1


def test_largest_ratio_is_shown():
    service = pb.Service()
    service.spec.task.container.image = "i"
    service.spec.update.max_failure_ratio = 3.4028234663852886e38
    shown = convert.service_from_grpc(service)
    assert b'"MaxFailureRatio":3.4028235e+38' in engine.encode(shown)


@pytest.mark.parametrize("ratio", [float("inf"), float("-inf"), float("nan")])
def test_stored_ratio_that_json_cannot_say_is_refused_when_it_is_written(ratio):
    service = pb.Service()
    service.spec.task.container.image = "i"
    service.spec.update.max_failure_ratio = ratio
    with pytest.raises(SwarmwireError):
        engine.encode(convert.service_from_grpc(service))


@pytest.mark.parametrize(
    ("mode", "field"),
    [
        (engine.ServiceMode(), {"replicas": 1}),
        (engine.ServiceMode(replicated=engine.ReplicatedService()), {"replicas": 1}),
        (engine.ServiceMode(replicated=engine.ReplicatedService(replicas=0)), {"replicas": 0}),
    ],
)
def test_replicas_default_to_one(mode, field):
    message = convert.service_spec_to_grpc(of_service(mode=mode))
    assert message.replicated.replicas == field["replicas"]


@pytest.mark.parametrize(
    ("job", "want"),
    [
        (engine.ReplicatedJob(), (1, 1)),
        (engine.ReplicatedJob(max_concurrent=3), (3, 3)),
        (engine.ReplicatedJob(total_completions=5), (1, 5)),
        (engine.ReplicatedJob(max_concurrent=0, total_completions=0), (0, 0)),
    ],
)
def test_job_numbers_default_to_each_other(job, want):
    message = convert.service_spec_to_grpc(of_service(mode=engine.ServiceMode(replicated_job=job)))
    got = message.replicated_job
    assert (got.max_concurrent, got.total_completions) == want


def test_service_without_a_mode_is_read():
    service = pb.Service()
    service.spec.task.container.image = "i"
    assert convert.service_from_grpc(service).spec.mode == engine.ServiceMode()


@pytest.mark.parametrize(("resources", "shown"), [
    (None, None),
    (pb.ResourceRequirements(), engine.ResourceRequirements()),
])  # fmt: skip
def test_pids_limit_makes_limits(resources, shown):
    task = pb.Task()
    task.spec.container.image = "i"
    if resources is not None:
        task.spec.resources.CopyFrom(resources)
    assert convert.task_from_grpc(task).spec.resources == shown
    task.spec.container.pidsLimit = 5
    limits = convert.task_from_grpc(task).spec.resources.limits
    assert limits == engine.Limit(pids=5)


def test_plugin_may_say_global_itself():
    value = engine.ServiceSpec(
        task_template=engine.TaskSpec(**PLUGIN),
        mode=engine.ServiceMode(global_=engine.GlobalService()),
    )
    assert convert.service_spec_to_grpc(value).WhichOneof("mode") == "global"


def test_networks_of_old_services_are_read():
    service = pb.ServiceSpec()
    service.task.container.image = "i"
    service.networks.add(target="old")
    assert convert.service_spec_from_grpc(service).task_template.networks[0].target == "old"
    service.task.networks.add(target="new")
    assert convert.service_spec_from_grpc(service).task_template.networks[0].target == "new"


@pytest.mark.parametrize(
    ("name", "labels", "flag", "ingress"),
    [
        ("ingress", {"com.docker.swarm.internal": ""}, False, True),
        ("ingress", {}, False, False),
        ("other", {"com.docker.swarm.internal": ""}, False, False),
        ("other", {}, True, True),
    ],
)
def test_ingress_network_is_told_by_flag_or_by_name_and_label(name, labels, flag, ingress):
    network = pb.Network(
        spec=pb.NetworkSpec(annotations=pb.Annotations(name=name, labels=labels), ingress=flag)
    )
    assert convert.network_from_grpc(network).ingress is ingress


def test_resource_without_a_form_is_read():
    assert convert.generic_resources_from_grpc([pb.GenericResource()]) == [engine.GenericResource()]
