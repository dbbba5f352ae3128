"""No field of any spec is passed over, each has a path of the Engine API, and no secret shows."""

import re

import msgspec
import pytest

from swarmwire import pb
from swarmwire.storediff import compare
from tests.storediff.conftest import store_of
from tests.support.fill import structs, variants
from tests.support.leaves import inside, parts

KINDS = (pb.Node, pb.Service, pb.Network, pb.Cluster, pb.Secret, pb.Config, pb.Volume)
WHOLE = (pb.Resource, pb.Extension)
NAMES = {
    field.encode_name for struct in structs().values() for field in msgspec.structs.fields(struct)
}
OURS = {"Indices", "Val"}
OURS_BY_KIND = {
    pb.Cluster: {"AcceptancePolicy", "Policies"},
    pb.Network: {"Family"},
    pb.Resource: {"Payload"},
}
"""Steps of paths that the Engine API does not have, because it does not have the fields."""


def filled(kind):
    """Objects of a kind with every field of their spec set."""
    if kind in WHOLE:
        return variants(kind)
    (spec,) = (field for field in kind.DESCRIPTOR.fields if field.name == "spec")
    return [kind(id="x", spec=each) for each in variants(getattr(pb, spec.message_type.name))]


def every_part(message, path=()):
    for part in parts(message, path):
        yield part
        inner = inside(part)
        if inner is not None:
            yield from every_part(inner, part.path)


def names_in(path):
    return re.sub(r"\[[^]]*\]", "", path).split(".")


def is_passed_over(kind, part):
    """Ids of objects without a spec, what managers keep of them, and whether a node is a member."""
    if kind is pb.Node:
        return part.path[0] == "membership"
    return kind in WHOLE and part.path[0] in ("id", "meta")


@pytest.mark.parametrize("kind", KINDS + WHOLE, ids=lambda kind: kind.__name__)
def test_a_field_that_is_missing_differs_in_both_directions(kind):
    seen = set()
    # a service has many choices, and its walk is that of a plan, which is tested there
    for whole in filled(kind)[: 1 if kind is pb.Service else None]:
        for part in every_part(whole if kind in WHOLE else whole.spec):
            if is_passed_over(kind, part):
                continue
            less = kind()
            less.CopyFrom(whole)
            part.of(less if kind in WHOLE else less.spec).clear()
            for sides in ((whole, less), (less, whole)):
                (both,) = compare(*(store_of(each) for each in sides)).both
                assert both.differences, part.path
                seen.update(name for each in both.differences for name in names_in(each.path))
    if kind is not pb.Service:  # its paths are those of a plan
        assert seen - NAMES == OURS | OURS_BY_KIND.get(kind, set())


@pytest.mark.parametrize("kind", KINDS + WHOLE, ids=lambda kind: kind.__name__)
def test_bytes_and_credentials_never_show(kind):
    for whole in filled(kind):
        secret = []
        empty = kind(id=whole.id)
        for part in every_part(whole):
            value = getattr(part.holder, part.attribute)
            if isinstance(value, bytes):
                secret.append(value.decode())
            if part.name == "ContainerSpec.PullOptions.registry_auth":
                secret.append(value)
        for sides in ((whole, empty), (empty, whole)):
            shown = repr(compare(*(store_of(each) for each in sides)))
            assert "'added'" in shown or "'removed'" in shown
            assert not [each for each in secret if each in shown]


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        (pb.Network, {"driver_config": {"options": {"password": "HUSH"}}}),
        (pb.Network, {"driver_config": {"options": {"o": "user=a,password=HUSH"}}}),
        (pb.Volume, {"driver": {"options": {"secret": "HUSH"}}}),
        (pb.Volume, {"access_mode": {"mount": {"mount_flags": ["password=HUSH"]}}}),
        (pb.Cluster, {"ca_config": {"external_cas": [{"url": "https://a:HUSH@ca"}]}}),
        (pb.Cluster, {"ca_config": {"external_cas": [{"options": {"token": "HUSH"}}]}}),
        (pb.Cluster, {"ca_config": {"signing_ca_key": b"HUSH"}}),
        (pb.Node, {"annotations": {"labels": {"api_key": "HUSH"}}}),
        (pb.Secret, {"data": b"HUSH"}),
        (pb.Config, {"data": b"HUSH"}),
        (pb.Secret, {"driver": {"name": "vault", "options": {"token": "HUSH"}}}),
        (pb.Service, {"task": {"container": {"env": ["DB_PASSWORD=HUSH"]}}}),
        (pb.Service, {"task": {"container": {"args": ["--password", "HUSH"]}}}),
        (pb.Service, {"task": {"container": {"pull_options": {"registry_auth": "HUSH"}}}}),
    ],
)
def test_what_looks_like_a_secret_is_hidden(kind, spec):
    here, there = kind(id="x", spec=spec), kind(id="x")
    there.spec.SetInParent()
    for sides in ((here, there), (there, here)):
        found = compare(*(store_of(each) for each in sides))
        assert any(both.differences for both in found.both)
        assert "HUSH" not in repr(found)
        assert b"HUSH" not in msgspec.json.encode(found)


def test_a_payload_is_hidden_and_its_size_is_told():
    here, there = (pb.Secret(id="x", spec={"data": data}) for data in (b"one", b"four"))
    (both,) = compare(store_of(here), store_of(there)).both
    (each,) = both.differences
    assert (each.path, each.here, each.there, each.hidden) == ("Data", "3 bytes", "4 bytes", True)


def test_every_variable_is_hidden_when_asked():
    here, there = pb.Service(id="x"), pb.Service(id="x")
    here.spec.task.container.env.append("HOME=HUSH")
    there.spec.SetInParent()
    assert "HUSH" in repr(compare(store_of(here), store_of(there)))
    assert "HUSH" not in repr(compare(store_of(here), store_of(there), hide_env=True))
