"""What somebody means who edits what inspect prints: the edit, and nothing else."""

import pytest

from swarmwire import engine, pb
from swarmwire.convert import service_spec_from_grpc, service_spec_to_grpc
from swarmwire.plan import drop_unknown, intent, rebased, unknown_keys
from swarmwire.rules import with_defaults
from tests.support.fill import variants


def stored():
    out = pb.ServiceSpec()
    out.annotations.name = "web"
    out.replicated.replicas = 1
    container = out.task.container
    container.image = "x:1"
    container.env.extend(["A=1"])
    container.pull_options.registry_auth = "e30="
    # what the engine's JSON cannot say, or says another way
    container.healthcheck.interval.seconds = 1
    container.mounts.add(type=pb.Mount.TMPFS, target="/t", consistency=pb.Mount.CACHED)
    container.mounts[0].tmpfs_options.options = "null"
    out.task.restart.condition = pb.RestartPolicy.ANY
    out.annotations.indices.add(key="k", val="v")
    return out


def shown(spec, *, defaults):
    """What inspect prints, and what becomes of it when it is sent."""
    full = with_defaults(spec) if defaults else spec
    text = engine.encode(service_spec_from_grpc(full))
    return service_spec_to_grpc(engine.decode(text, engine.ServiceSpec), lossless=True)


@pytest.mark.parametrize("defaults", [True, False], ids=["with defaults", "as stored"])
def test_what_is_not_edited_stays(defaults):
    written = shown(stored(), defaults=defaults)
    found = intent(stored(), written)
    assert found.spec == stored()
    assert found.engine != stored()


@pytest.mark.parametrize("defaults", [True, False], ids=["with defaults", "as stored"])
def test_an_edit_and_nothing_else(defaults):
    written = shown(stored(), defaults=defaults)
    written.task.container.env.append("B=2")
    written.task.container.mounts[0].readonly = True
    written.task.restart.condition = pb.RestartPolicy.NONE
    want = stored()
    want.task.container.env.append("B=2")
    want.task.container.mounts[0].readonly = True
    want.task.restart.condition = pb.RestartPolicy.NONE
    assert intent(stored(), written).spec == want


def test_a_default_that_is_changed_is_meant():
    written = shown(stored(), defaults=True)
    written.task.restart.delay.seconds = 7
    want = stored()
    want.task.restart.delay.seconds = 7
    assert intent(stored(), written).spec == want


def test_what_is_taken_away_goes():
    spec = stored()
    spec.task.resources.limits.memory_bytes = 1
    written = shown(spec, defaults=False)
    written.task.ClearField("resources")
    del written.task.container.mounts[:]
    found = intent(spec, written).spec
    assert not found.task.HasField("resources")
    assert not found.task.container.mounts


@pytest.mark.parametrize(
    "spec",
    [one for one in variants(pb.ServiceSpec) if one.task.WhichOneof("runtime") == "container"],
)
def test_every_field_that_is_not_edited_stays(spec):
    assert intent(spec, shown(spec, defaults=False)).spec == spec


def test_a_service_that_json_cannot_say_is_written_as_it_is():
    odd = stored()
    odd.task.generic.kind = "unknown"
    assert intent(odd, stored()).spec == stored()
    assert rebased(odd, stored(), stored()).spec == odd


def test_a_base_may_have_defaults_in_it():
    base = shown(stored(), defaults=True)
    written = shown(stored(), defaults=True)
    written.annotations.labels["a"] = "1"
    now = stored()
    now.annotations.labels["b"] = "2"
    found = rebased(now, base, written)
    assert found.conflicts == ()
    meant = intent(now, found.spec).spec
    want = stored()
    want.annotations.labels.update({"a": "1", "b": "2"})
    assert meant == want


@pytest.mark.parametrize(
    ("version", "first"),
    [
        ("", ""),
        ("dev", ""),
        ("29.7.2", ""),
        ("27.0.0", ""),
        ("26.1.5", "OomScoreAdj"),
        ("26.0.2", "Subpath"),
        ("25.0.17", ""),
        ("25.0.5", "Subpath"),
        ("20.10.24+dfsg1", "StartInterval"),
        ("18.09.1", "CapabilityAdd"),
    ],
)
def test_what_older_managers_drop(version, first):
    (full,) = [one for one in variants(pb.ServiceSpec) if one.task.container.healthcheck.retries][
        :1
    ]
    paths = drop_unknown(full, version)
    assert drop_unknown(full, version) == ()
    assert any(path.endswith(first) for path in paths) is bool(first)


@pytest.mark.parametrize(("release", "unknown"), [("28.5", ()), ("29", ("Networks",))])
def test_networks_outside_of_the_template_are_passed_over_by_the_newest(release, unknown):
    document = b'{"Name": "web", "Networks": [{"Target": "n"}]}'
    assert unknown_keys(document, release) == unknown
    assert unknown_keys(b'{"Name": "web"}', release) == ()
