"""Type errors say which world was expected, which one came, and what makes the one of the other."""

import inspect
from collections.abc import Sequence
from typing import get_args, get_origin, get_type_hints

import pytest

from swarmwire import convert, engine, pb, plan, rules, scheduling
from swarmwire.engine import EngineObject
from swarmwire.errors import ConvertError, SwarmwireError
from swarmwire.expected import CONVERSIONS, expect, expect_each, mismatch, name_of


def objects_of(hint):
    """The objects of either world that a type allows."""
    return [
        each
        for each in (hint, *get_args(hint))
        if isinstance(each, type) and issubclass(each, EngineObject | pb.Message)
    ]


def is_list(function, parameter):
    """Whether an argument is a list of objects."""
    hint = get_type_hints(function)[parameter]
    return any(get_origin(each) in (Sequence, list) for each in (hint, *get_args(hint)))


def arguments():
    """Every argument of a public function that is an object: the call without it, and its type."""
    for package in (convert, rules, plan, scheduling):
        for name in package.__all__:
            function = getattr(package, name)
            if not inspect.isfunction(function):
                continue
            hints = {
                parameter: objects_of(hint)
                for parameter, hint in get_type_hints(function).items()
                if parameter != "return"
            }
            for parameter in filter(hints.get, hints):
                place = f"{package.__name__.rpartition('.')[2]}.{name}({parameter})"
                yield pytest.param(function, parameter, hints, id=place)


ARGUMENTS = list(arguments())


def call(function, hints, **given):
    required = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty
    ]
    # what is no object is a list here: of constraints, resources, tasks
    right = {
        name: hints[name][0]() if hints[name] and not is_list(function, name) else []
        for name in required
    }
    first, *_ = inspect.signature(function).parameters
    both = {**right, **given}
    return function(both.pop(first), **both)


def test_there_are_such_functions():
    assert len(ARGUMENTS) > 50


@pytest.mark.parametrize(("function", "parameter", "hints"), ARGUMENTS)
def test_an_object_of_the_other_world_is_refused(function, parameter, hints):
    wanted = hints[parameter][0]
    wrong = pb.Resources() if issubclass(wanted, EngineObject) else engine.Resources()
    listed = is_list(function, parameter)
    with pytest.raises(ConvertError) as caught:
        call(function, hints, **{parameter: [wrong] if listed else wrong})
    assert caught.value.kind == "type"
    assert f"expected {name_of(wanted)}" in caught.value.reason
    assert caught.value.reason.endswith(f"got {name_of(type(wrong))}")
    assert caught.value.path == ("[0]" if listed else "")


@pytest.mark.parametrize(("function", "parameter", "hints"), ARGUMENTS)
def test_a_dict_is_refused_with_what_makes_an_object(function, parameter, hints):
    with pytest.raises(SwarmwireError) as caught:
        call(function, hints, **{parameter: {"Name": "s3cret"}})
    assert caught.value.kind == "type"
    assert "got dict" in caught.value.reason
    if issubclass(hints[parameter][0], EngineObject) and caught.value.path == "":
        wanted = name_of(hints[parameter][0])
        assert f"expected {wanted}" in caught.value.reason or "list" in caught.value.reason
    assert "s3cret" not in str(caught.value)


def test_the_table_is_that_of_the_conversions():
    found = set()
    for function in convert.__all__:
        hints = get_type_hints(getattr(convert, function))
        made = hints.pop("return")
        given = next(iter(hints.values()))
        # of JSON as bytes there is no world to be mistaken about
        if isinstance(made, type) and isinstance(given, type) and bytes not in (made, given):
            found.add((name_of(given), function, name_of(made)))
    assert found == set(CONVERSIONS)
    assert len(CONVERSIONS) == len(found)


class Ours(engine.ServiceSpec):
    """A user's own kind of spec."""


SPEC = "expected pb.ServiceSpec, got"
WORDS = [
    (engine.ServiceSpec(), f"{SPEC} engine.ServiceSpec: convert.service_spec_to_grpc makes one"),
    (
        engine.Service(),
        f"{SPEC} engine.Service: convert.service_spec_to_grpc makes one of its .spec",
    ),
    (Ours(), f"{SPEC} Ours: convert.service_spec_to_grpc makes one"),
    (pb.Service(), f"{SPEC} pb.Service: its .spec is one"),
    (pb.Task(), f"{SPEC} pb.Task"),
    ({}, f"{SPEC} dict: engine.from_dict and convert.service_spec_to_grpc make one"),
    (b"", f"{SPEC} bytes: pb.parse makes one"),
    (None, f"{SPEC} None"),
    (pb.ServiceSpec, f"{SPEC} the class pb.ServiceSpec"),
    (pb.raftpb.Entry(), f"{SPEC} pb.raftpb.Entry"),
    (pb.Duration(), f"{SPEC} Duration"),
]


@pytest.mark.parametrize(("value", "words"), WORDS)
def test_words_for_a_message(value, words):
    assert mismatch(value, pb.ServiceSpec) == words


NODE = "expected engine.Node, got"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (pb.Node(), f"{NODE} pb.Node: convert.node_from_grpc makes one"),
        ({}, f"{NODE} dict: engine.from_dict makes one"),
        ("{}", f"{NODE} str: engine.decode makes one"),
        ([], f"{NODE} list"),
    ],
)
def test_words_for_an_object(value, words):
    assert mismatch(value, engine.Node) == words


def test_words_for_several_and_others():
    assert mismatch(7, (pb.Node, pb.Task)) == "expected pb.Node or pb.Task, got int"
    assert mismatch({}, pb.Mount) == "expected pb.Mount, got dict"
    assert mismatch("", int) == "expected int, got str"
    assert mismatch(7, pb.Node, "a thing") == "expected a thing, got int"
    assert name_of(pb.Privileges.CredentialSpec) == "pb.Privileges.CredentialSpec"


def test_what_is_expected_passes():
    expect(pb.Node, pb.Node(), pb.Node())
    expect_each(pb.Node, [pb.Node()])
    expect_each(pb.Node, pb.StoreSnapshot().nodes)


@pytest.mark.parametrize("values", [None, pb.Node(), "ab", b"ab", {}, iter(())])
def test_what_is_no_list(values):
    with pytest.raises(ConvertError, match=r"^expected a list of pb\.Node, got"):
        expect_each(pb.Node, values)
