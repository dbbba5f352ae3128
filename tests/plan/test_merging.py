"""Two changes of one spec, joined: what neither may lose, and what both must not touch."""

import pytest

from swarmwire import pb
from swarmwire.plan import merge
from tests.support.fill import variants


def spec(change=None):
    out = pb.ServiceSpec()
    out.annotations.name = "web"
    out.replicated.replicas = 2
    container = out.task.container
    container.image = "x:1"
    container.env.extend(["A=1", "B=2", "C=3"])
    container.mounts.add(type=pb.Mount.VOLUME, source="v", target="/v")
    container.command.extend(["run", "me"])
    out.annotations.labels.update({"a": "1", "b": "2"})
    if change is not None:
        change(out)
    return out


def _env(*variables):
    def change(out):
        del out.task.container.env[:]
        out.task.container.env.extend(variables)

    return change


def _replicas(count):
    return lambda out: setattr(out.replicated, "replicas", count)


def _label(key, value):
    return lambda out: out.annotations.labels.update({key: value})


def _global(out):
    getattr(out, "global").SetInParent()


def _mount(**fields):
    return lambda out: out.task.container.mounts.add(**fields)


def _readonly(out):
    out.task.container.mounts[0].readonly = True


def _consistent(out):
    out.task.container.mounts[0].consistency = pb.Mount.CACHED


def _both(*changes):
    def change(out):
        for each in changes:
            each(out)

    return change


def _nothing(_):
    pass


JOINED = {
    "labels of each": (
        _label("c", "3"),
        _label("d", "4"),
        _both(_label("c", "3"), _label("d", "4")),
    ),
    "the same label": (_label("c", "3"), _label("c", "3"), _label("c", "3")),
    "image and replicas": (
        lambda out: setattr(out.task.container, "image", "x:2"),
        _replicas(5),
        _both(lambda out: setattr(out.task.container, "image", "x:2"), _replicas(5)),
    ),
    "variables of each": (
        _env("A=1", "NEW=1", "B=2", "C=3"),
        _env("A=1", "B=2", "C=3", "D=4"),
        _env("A=1", "NEW=1", "B=2", "C=3", "D=4"),
    ),
    "one removed, one changed": (
        _env("A=1", "C=3"),
        _env("A=1", "B=2", "C=4"),
        _env("A=1", "C=4"),
    ),
    "an order and an addition": (
        _env("C=3", "B=2", "A=1"),
        _env("A=1", "B=2", "C=3", "D=4"),
        _env("C=3", "D=4", "B=2", "A=1"),
    ),
    "two fields of one mount": (_readonly, _consistent, _both(_readonly, _consistent)),
    "a mount of each": (
        _mount(target="/a"),
        _mount(target="/b"),
        _both(_mount(target="/a"), _mount(target="/b")),
    ),
    "a part that neither had": (
        lambda out: setattr(out.task.resources.limits, "memory_bytes", 1),
        lambda out: setattr(out.task.resources.reservations, "memory_bytes", 2),
        _both(
            lambda out: setattr(out.task.resources.limits, "memory_bytes", 1),
            lambda out: setattr(out.task.resources.reservations, "memory_bytes", 2),
        ),
    ),
    "presence alone": (
        lambda out: out.task.placement.SetInParent(),
        _replicas(3),
        _both(lambda out: out.task.placement.SetInParent(), _replicas(3)),
    ),
    "another mode": (_global, _label("c", "3"), _both(_label("c", "3"), _global)),
    "a removal": (
        lambda out: out.task.container.ClearField("mounts"),
        _nothing,
        lambda out: out.task.container.ClearField("mounts"),
    ),
    "a wrapper": (
        lambda out: setattr(out.task.container.init, "value", True),
        _nothing,
        lambda out: setattr(out.task.container.init, "value", True),
    ),
}


@pytest.mark.parametrize("case", JOINED)
def test_joins(case):
    ours, theirs, both = JOINED[case]
    before = spec()
    merged = merge(before, spec(ours), spec(theirs))
    assert merged.conflicts == ()
    if case == "a mount of each":
        assert {mount.target for mount in merged.spec.task.container.mounts} == {"/v", "/a", "/b"}
    else:
        assert merged.spec == spec(both)
    assert before == spec()


CONFLICTS = {
    "Mode.Replicated.Replicas": (_replicas(3), _replicas(4)),
    "Labels[a]": (_label("a", "2"), _label("a", "3")),
    "TaskTemplate.ContainerSpec.Env[B]": (_env("A=1", "B=0", "C=3"), _env("A=1", "C=3")),
    "TaskTemplate.ContainerSpec.Env": (
        _env("C=3", "B=2", "A=1"),
        _env("B=2", "A=1", "C=3"),
    ),
    "TaskTemplate.ContainerSpec.Command": (
        lambda out: out.task.container.command.append("x"),
        lambda out: out.task.container.command.append("y"),
    ),
    "Mode.Replicated": (_global, _replicas(3)),
    "TaskTemplate.RestartPolicy.Delay": (
        lambda out: setattr(out.task.restart.delay, "seconds", 1),
        lambda out: setattr(out.task.restart.delay, "seconds", 2),
    ),
    "EndpointSpec.Ports[80/0/0]": (
        lambda out: out.endpoint.ports.add(target_port=80, published_port=1),
        lambda out: out.endpoint.ports.add(target_port=80, published_port=2),
    ),
}


@pytest.mark.parametrize("path", CONFLICTS)
def test_conflicts(path):
    ours, theirs = CONFLICTS[path]
    merged = merge(spec(), spec(ours), spec(theirs))
    assert merged.conflicts == (path,)
    if path != "Mode.Replicated":
        assert merged.spec == spec(theirs)
    assert merge(spec(), spec(ours), spec(theirs), prefer_ours=True).conflicts == ()


def test_what_has_no_name_or_the_same_twice_counts_as_one():
    merged = merge(spec(_env("A=1")), spec(_env("A=1", "A=2")), spec(_env("A=1", "B=2")))
    assert merged.conflicts == ("TaskTemplate.ContainerSpec.Env",)


@pytest.mark.parametrize("full", list(variants(pb.ServiceSpec)))
def test_every_field_goes_through(full):
    empty = pb.ServiceSpec()
    for base, ours, theirs, want in (
        (empty, full, empty, full),
        (empty, empty, full, full),
        (full, empty, full, empty),
        (full, full, empty, empty),
        (empty, full, full, full),
    ):
        merged = merge(base, ours, theirs)
        assert merged.conflicts == ()
        assert _cleared(merged.spec) == _cleared(want)


def _cleared(out):
    """Go cannot leave these out, and neither do we."""
    again = pb.ServiceSpec()
    again.CopyFrom(out)
    again.annotations.SetInParent()
    again.task.SetInParent()
    return again
