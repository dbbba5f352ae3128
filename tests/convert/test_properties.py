"""What holds for every object and every message, whatever is in it."""

import contextlib
import copy
from functools import partial

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from swarmwire import convert, engine, pb
from swarmwire.errors import FieldError, SwarmwireError
from tests.support.fill import fill, fill_object
from tests.support.leaves import inside, parts
from tests.support.strategies import messages, objects

QUICK = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# What goes there, what comes back, what it takes.
PAIRS = {
    "config": (
        convert.config_spec_to_grpc,
        lambda message: convert.config_from_grpc(pb.Config(spec=message)).spec,
        engine.ConfigSpec,
    ),
    "node": (
        convert.node_spec_to_grpc,
        lambda message: convert.node_from_grpc(pb.Node(spec=message)).spec,
        engine.NodeSpec,
    ),
    "secret": (
        convert.secret_spec_to_grpc,
        lambda message: convert.secret_from_grpc(pb.Secret(spec=message)).spec,
        engine.SecretSpec,
    ),
    "service": (
        # By default, references without a file do not come back.
        partial(convert.service_spec_to_grpc, lossless=True),
        partial(convert.service_spec_from_grpc, lossless=True),
        engine.ServiceSpec,
    ),
    "swarm": (
        convert.swarm_spec_to_grpc,
        lambda message: convert.swarm_from_grpc(pb.Cluster(spec=message)).spec,
        engine.SwarmSpec,
    ),
}
TO_GRPC = {
    "config_spec_to_grpc": engine.ConfigSpec,
    "network_create_to_grpc": engine.NetworkCreateRequest,
    "node_spec_to_grpc": engine.NodeSpec,
    "secret_spec_to_grpc": engine.SecretSpec,
    "service_spec_to_grpc": engine.ServiceSpec,
    "swarm_spec_to_grpc": engine.SwarmSpec,
    "volume_create_to_grpc": engine.VolumeCreateRequest,
}
FROM_GRPC = {
    "config_from_grpc": pb.Config,
    "network_from_grpc": pb.Network,
    "network_inspect_from_grpc": pb.Network,
    "node_from_grpc": pb.Node,
    "secret_from_grpc": pb.Secret,
    "service_from_grpc": pb.Service,
    "service_spec_from_grpc": pb.ServiceSpec,
    "swarm_from_grpc": pb.Cluster,
    "task_from_grpc": pb.Task,
    "volume_from_grpc": pb.Volume,
}
LISTS = ("generic_resources_to_grpc", "generic_resources_from_grpc")
JSON = {
    "service_json_from_grpc": pb.Service,
    "service_list_json_from_grpc": bytes,
}


def test_every_conversion_is_here():
    assert {*TO_GRPC, *FROM_GRPC, *LISTS, *JSON} == set(convert.__all__)


@pytest.mark.parametrize("name", PAIRS)
@given(data=st.data())
@QUICK
def test_second_journey_changes_nothing(name, data):
    to_grpc, from_grpc, struct = PAIRS[name]
    value = data.draw(objects(struct))
    try:
        message = to_grpc(value)
    except FieldError:
        assume(False)
    back = from_grpc(message)
    again = to_grpc(back)
    # What the engine shows of a swarm lacks the keys that it was given.
    if name == "swarm":
        message.ca_config.ClearField("signing_ca_cert")
        message.ca_config.ClearField("signing_ca_key")
    assert again == message
    assert from_grpc(again) == back
    assert engine.decode(engine.encode(back), struct) == back


@pytest.mark.parametrize("name", FROM_GRPC)
@given(data=st.data())
@settings(QUICK, max_examples=20)
def test_what_is_read_is_written_and_read_again(name, data):
    message = data.draw(messages(FROM_GRPC[name]))
    try:
        value = getattr(convert, name)(message)
    except FieldError:
        assume(False)
    text = engine.encode(value)
    assume(b":-0" not in text)  # in clean JSON it reads as 0: docs/fidelity.md
    again = engine.decode(text, type(value))
    assert engine.encode(again) == text


@pytest.mark.parametrize("name", [*TO_GRPC, *FROM_GRPC])
@given(data=st.data())
@QUICK
def test_input_is_not_changed(name, data):
    make = objects(TO_GRPC[name]) if name in TO_GRPC else messages(FROM_GRPC[name])
    value = data.draw(make)
    saved = copy.deepcopy(value)
    with contextlib.suppress(FieldError):
        assert getattr(convert, name)(value) == getattr(convert, name)(value)
    assert value == saved


@pytest.mark.parametrize("name", FROM_GRPC)
@given(data=st.data())
@QUICK
def test_any_message_gives_an_answer_or_an_error_of_ours(name, data):
    message = data.draw(messages(FROM_GRPC[name], well_formed=False))
    for options in ({}, {"lossless": True} if name in _LOSSLESS else {}):
        with contextlib.suppress(SwarmwireError):
            engine.encode(getattr(convert, name)(message, **options))


_LOSSLESS = ("service_from_grpc", "service_spec_from_grpc", "swarm_from_grpc", "task_from_grpc")


def mutable_parts(value):
    """Every list, dict and Struct within ``value``, itself included."""
    yield value
    if isinstance(value, msgspec.Struct):
        for field in msgspec.structs.fields(value):
            yield from mutable_parts(getattr(value, field.name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from mutable_parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from mutable_parts(inner)


def scribble(value):
    """Change all that can be changed in a Struct."""
    for part in list(mutable_parts(value)):
        if isinstance(part, list):
            part.append("scribble")
        elif isinstance(part, dict):
            part["scribble"] = "scribble"
        elif isinstance(part, msgspec.Struct):
            for field in msgspec.structs.fields(part):
                setattr(part, field.name, None)


@pytest.mark.parametrize("name", FROM_GRPC)
def test_object_shares_nothing_with_its_message(name):
    message = fill(FROM_GRPC[name])
    saved = copy.deepcopy(message)
    value = getattr(convert, name)(message)
    unscribbled = copy.deepcopy(value)
    message.Clear()
    assert value == unscribbled
    scribble(value)
    assert getattr(convert, name)(saved) == unscribbled
    message.CopyFrom(saved)
    scribble(getattr(convert, name)(message))
    assert message == saved


@pytest.mark.parametrize("name", TO_GRPC)
def test_message_shares_nothing_with_its_object(name):
    value = fill_object(TO_GRPC[name])
    saved = copy.deepcopy(value)
    message = getattr(convert, name)(value)
    unscribbled = copy.deepcopy(message)
    message.Clear()
    assert value == saved
    message = getattr(convert, name)(value)
    scribble(value)
    assert message == unscribbled


def test_existing_swarm_spec_is_not_changed():
    existing = fill(pb.ClusterSpec)
    saved = copy.deepcopy(existing)
    out = convert.swarm_spec_to_grpc(fill_object(engine.SwarmSpec), existing)
    assert existing == saved
    out.Clear()
    assert existing == saved


def test_two_default_objects_share_nothing():
    for struct in (engine.ServiceSpec, engine.Task, engine.Node, engine.Swarm, engine.Volume):
        first, second = struct(), struct()
        scribble(first)
        assert second == struct()


def test_lists_are_not_changed():
    resources = [fill_object(engine.GenericResource), fill_object(engine.GenericResource)]
    saved = copy.deepcopy(resources)
    out = convert.generic_resources_to_grpc(resources)
    assert resources == saved
    back = convert.generic_resources_from_grpc(out)
    assert back == resources
    assert back[0] is not resources[0]


# Wrong things

SELF_REFERENCE: list[object] = []
SELF_REFERENCE.append(SELF_REFERENCE)


class Strange:
    """An object that answers nothing."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError("no repr")

    def __eq__(self, other):
        raise RuntimeError("no equality")

    def __hash__(self):
        raise RuntimeError("no hash")

    def __len__(self):
        raise RuntimeError("no length")

    def __bool__(self):
        raise RuntimeError("no truth")

    def __iter__(self):
        raise RuntimeError("no items")


def endless():
    while True:
        yield "x"


GARBAGE = [
    None,
    0,
    -1,
    2**64,
    10**400,
    1.5,
    float("nan"),
    True,
    "",
    "text",
    "\ud800",
    b"bytes",
    b"\xff",
    [],
    [None],
    ["\ud800"],
    [1],
    (),
    {},
    {"a": 1},
    {1: "a"},
    {"\ud800": "\ud800"},
    {None: None},
    {"a": b"\xff"},
    set(),
    object(),
    object,
    len,
    SELF_REFERENCE,
    Strange(),
    engine.ServiceSpec(),
    engine.Version(index="x"),
    pb.Version(),
    pb.ServiceSpec(),
    iter([None]),
    range(3),
    memoryview(b"abc"),
    1j,
]


@pytest.mark.parametrize("name", convert.__all__)
@pytest.mark.parametrize("index", range(len(GARBAGE)))
def test_wrong_argument_is_an_error_of_ours(name, index):
    value = GARBAGE[index]
    right = {**TO_GRPC, **FROM_GRPC, **JSON}.get(name, list)
    if type(value) is right:
        return
    with pytest.raises(SwarmwireError) as caught:
        getattr(convert, name)(value)
    assert caught.value.kind == "type"
    assert caught.value.path == ""


def attempt(name, value):
    """Convert: whatever comes of it must be an answer or one of our errors."""
    with contextlib.suppress(SwarmwireError):
        getattr(convert, name)(value)


# Each of these fails in a way of its own.
NASTY = [
    None,
    2**64,
    float("nan"),
    "\ud800",
    b"\xff",
    [None],
    ["\ud800"],
    {1: "a"},
    {"a": b"\xff"},
    SELF_REFERENCE,
    Strange(),
    engine.Version(index="x"),
    pb.Version(),
]


@pytest.mark.parametrize("index", range(len(NASTY)))
@pytest.mark.parametrize("name", TO_GRPC)
def test_hand_built_object_with_garbage_in_it_is_no_crash(name, index):
    template = fill_object(TO_GRPC[name])
    for holder, attribute in every_attribute(template):
        saved = getattr(holder, attribute)
        setattr(holder, attribute, NASTY[index])
        attempt(name, template)
        setattr(holder, attribute, saved)


def every_attribute(value):
    """Each Struct within ``value``, with the name of each of its attributes."""
    for part in parts(value):
        yield part.holder, part.attribute
        if inside(part) is not None:
            yield from every_attribute(inside(part))


@pytest.mark.parametrize("index", range(len(GARBAGE)))
def test_list_with_garbage_in_it_is_no_crash(index):
    for name in LISTS:
        attempt(name, [GARBAGE[index]])
    item = engine.GenericResource(named_resource_spec=GARBAGE[index])
    attempt("generic_resources_to_grpc", [item])
    item = engine.GenericResource(
        discrete_resource_spec=engine.DiscreteGenericResource(value=GARBAGE[index])
    )
    attempt("generic_resources_to_grpc", [item])


@pytest.mark.parametrize("existing", [1, "x", engine.SwarmSpec(), pb.Cluster(), {}])
def test_existing_of_another_type_is_an_error_of_ours(existing):
    with pytest.raises(SwarmwireError) as caught:
        convert.swarm_spec_to_grpc(engine.SwarmSpec(), existing)
    assert caught.value.kind == "type"


@pytest.mark.parametrize("name", ["\ud800", 1, b"x", None, object()])
def test_name_of_another_type_is_no_crash(name):
    spec = engine.ServiceSpec(task_template=engine.TaskSpec(container_spec=engine.ContainerSpec()))
    with contextlib.suppress(SwarmwireError):
        convert.service_spec_to_grpc(spec, name=name)


def test_generator_in_a_list_is_taken_or_refused():
    spec = engine.ServiceSpec(
        task_template=engine.TaskSpec(
            container_spec=engine.ContainerSpec(image="i", env=(one for one in ["A=1"]))
        )
    )
    attempt("service_spec_to_grpc", spec)


def test_object_that_holds_itself_is_no_crash():
    spec = fill_object(engine.ServiceSpec)
    spec.task_template.container_spec = spec
    attempt("service_spec_to_grpc", spec)
    spec = fill_object(engine.ServiceSpec)
    spec.task_template.container_spec.labels = {"a": SELF_REFERENCE}
    attempt("service_spec_to_grpc", spec)
