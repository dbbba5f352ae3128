"""The tables of fields hold against what reflection told of each release."""

import csv
from pathlib import Path

import msgspec
import pytest

from swarmwire import engine, pb
from swarmwire.releases import fields, messages
from swarmwire.releases.quirks import QUIRKS, does

FACTS = Path(__file__).parents[1] / "facts" / "engine-fields-by-version.tsv"
SOURCE = Path(engine.__file__).parents[1]
OURS = {
    "HealthConfig": "HealthcheckConfig",
    "mount.Driver": "Driver",
    "swarm.Spec": "SwarmSpec",
    "swarm.Info": "SwarmInfo",
}


def rows():
    with FACTS.open(encoding="utf-8") as text:
        next(text)
        return list(csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE))


HEAD, *ROWS = rows()
RELEASES = [engine.release(name.removesuffix("(HEAD)")) for name in HEAD[6:]]


def owner_of(struct, name):
    cls = getattr(engine, OURS.get(struct, struct.rpartition(".")[2]), None)
    if cls is None:
        return None
    attribute = {field.encode_name: field.name for field in msgspec.structs.fields(cls)}.get(name)
    for base in cls.__mro__:
        if attribute in vars(base).get("__annotations__", ()):
            return f"{base.__name__}.{name}"
    return None


def known():
    found = {}
    for struct, name, _, written, _, _, *marks in ROWS:
        field = owner_of(struct, name)
        if field is not None:
            for release, mark in zip(RELEASES, marks, strict=True):
                found.setdefault(field, {}).setdefault(release.name, "")
                if mark == "x":
                    found[field][release.name] = written
    return found


KNOWN = known()
OLD = {name.partition(".")[0] for name, told in KNOWN.items() if told["87e1464c43"]}
"""The classes that the oldest release has; of younger ones only what holds them has a row."""


def test_the_sheet_is_read():
    assert len(KNOWN) > 200


@pytest.mark.parametrize("field", sorted(name for name in KNOWN if name.partition(".")[0] in OLD))
def test_field_is_known_to_the_right_releases(field):
    told = {name for name, written in KNOWN[field].items() if written}
    assert told == {release.name for release in RELEASES if fields.knows(release, field)}


# Not in the sheet: real engines tell it, in tests/dockerd and tests/gateway.
ELSEWHERE = {"NetworkResource.Containers", "ServiceCreateResponse.Warnings"}
WRITTEN = {name for name, *_ in (*fields.ALWAYS_WRITTEN, *fields.LEFT_OUT)}


@pytest.mark.parametrize("field", sorted(WRITTEN - ELSEWHERE))
def test_field_is_written_when_empty_by_the_right_releases(field):
    newest = KNOWN.get(field, {}).get("29") == "yes"
    for release in RELEASES:
        told = KNOWN[field][release.name]
        if told and field.partition(".")[0] not in ("EndpointVirtualIP", "IPAMConfig"):
            answer = fields.is_always_written(release, field, otherwise=newest)
            assert answer is (told == "yes"), release.name


def test_every_field_of_the_table_is_one_of_ours():
    names = {
        f"{base.__name__}.{field.encode_name}"
        for cls in vars(engine).values()
        if isinstance(cls, type) and issubclass(cls, msgspec.Struct)
        for base in cls.__mro__
        for field in msgspec.structs.fields(cls)
        if field.name in vars(base).get("__annotations__", ())
    }
    for table in (fields.FIRST, fields.LAST):
        for line in table.values():
            assert set(line.split()) <= names


def test_every_message_field_of_the_table_is_in_the_schema():
    known = {
        f"{message.DESCRIPTOR.name}.{field.name}"
        for message in _messages(pb)
        for field in message.DESCRIPTOR.fields
    }
    for line in messages.FIRST.values():
        assert set(line.split()) <= known


def _messages(holder):
    for value in vars(holder).values():
        if isinstance(value, type) and getattr(value, "DESCRIPTOR", None) is not None:
            yield value
            yield from _messages(value)


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_quirk_is_used_and_ends(quirk):
    used = [
        path
        for path in SOURCE.rglob("*.py")
        if path.name != "quirks.py" and f'"{quirk.name}"' in path.read_text(encoding="utf-8")
    ]
    assert used
    assert not all(does(release, quirk.name) for release in RELEASES)
