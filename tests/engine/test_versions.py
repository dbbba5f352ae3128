"""An older client's fields are cleared as the engine clears them."""

import contextlib
import copy
import re
from pathlib import Path

import msgspec
import pytest
from msgspec import inspect

from swarmwire import engine
from swarmwire.engine.versions import (
    NETWORKS_UNTIL,
    NEWEST,
    OLDEST,
    SINCE,
    VERSIONS,
    parse_version,
)
from swarmwire.errors import SwarmwireError
from tests.support.facts import rows
from tests.support.fill import fill_object

ROOT = Path(__file__).parents[2]
# Below the version, the field is cleared.
ROWS = rows("engine-api-since.tsv")


def full_spec():
    """A spec with every field that some version does not know, modes that exclude others too."""
    spec = fill_object(engine.ServiceSpec)
    spec.mode.replicated_job = engine.ReplicatedJob(max_concurrent=1)
    spec.mode.global_job = engine.GlobalJob()
    return spec


def at(value, path):
    """The values at ``path``, one per element of the lists on the way."""
    for step in path.split("."):
        values = value if isinstance(value, list) else [value]
        value = []
        for one in values:
            if one is None:
                continue
            fields = {field.encode_name: field.name for field in msgspec.structs.fields(one)}
            inner = getattr(one, fields[step])
            value += inner if step in ("Configs", "Mounts") else [inner]
    return value


def before(version):
    major, _, minor = version.partition(".")
    return f"{major}.{int(minor) - 1}"


@pytest.mark.parametrize(("version", "path"), ROWS)
def test_field_is_cleared_below_its_version(version, path):
    spec = full_spec()
    assert any(at(spec, path))
    assert not any(at(engine.adjust_for_api_version(spec, before(version)), path))
    assert not any(at(engine.adjust_for_api_version(spec, OLDEST), path))
    assert at(engine.adjust_for_api_version(spec, version), path) == at(spec, path)
    assert at(engine.adjust_for_api_version(spec, NEWEST), path) == at(spec, path)


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_else_is_cleared(version):
    spec = full_spec()
    adjusted = engine.adjust_for_api_version(spec, version)
    for since, path in ROWS:
        if parse_version(version) < parse_version(since):
            for target in (spec, adjusted):
                _forget(target, path.split("."))
    spec.networks = adjusted.networks = []
    assert adjusted == spec


def _forget(value, steps):
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            _forget(item, steps)
        return
    fields = {field.encode_name: field.name for field in msgspec.structs.fields(value)}
    if len(steps) == 1:
        setattr(value, fields[steps[0]], None)
    else:
        _forget(getattr(value, fields[steps[0]]), steps[1:])


def test_table_is_the_one_of_the_facts():
    ours = {(since.version, since.path.replace("[]", "")) for since in SINCE}
    assert ours == {(parse_version(version), path) for version, path in ROWS}
    assert len(SINCE) == len(ROWS)


NAMED = re.compile(r"\bAPI (?:version )?(\d+\.\d+)")
PAGES = [*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "tests/convert/losses.toml"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_version_that_a_page_names_stands_in_the_tables(page):
    text = page.read_text(encoding="utf-8")
    tables = {NEWEST, OLDEST, "{}.{}".format(*NETWORKS_UNTIL)} | {version for version, _ in ROWS}
    assert set(NAMED.findall(text)) <= tables
    if page.name == "fidelity.md":
        assert f"(API {NEWEST}," in text


@pytest.mark.parametrize("since", SINCE, ids=lambda since: since.path)
def test_path_of_the_table_is_a_field(since):
    shape = inspect.type_info(engine.ServiceSpec)
    for step in since.path.split("."):
        while isinstance(shape, inspect.UnionType | inspect.ListType):
            shape = shape.types[0] if isinstance(shape, inspect.UnionType) else shape.item_type
        fields = {field.encode_name: field.type for field in inspect.type_info(shape.cls).fields}
        shape = fields[step.removesuffix("[]")]
        assert (
            isinstance(shape, inspect.ListType) == step.endswith("[]")
            or step == (since.path.rpartition(".")[2])
        )


@pytest.mark.parametrize("version", [OLDEST, "1.43", "1.44", NEWEST, ""])
def test_input_is_not_changed_and_not_shared(version):
    spec = full_spec()
    saved = copy.deepcopy(spec)
    adjusted = engine.adjust_for_api_version(spec, version)
    assert spec == saved
    adjusted.labels["new"] = "x"
    adjusted.task_template.container_spec.env.append("new")
    adjusted.task_template.networks.append(engine.NetworkAttachmentConfig())
    assert spec == saved


OLD = [engine.NetworkAttachmentConfig(target="old")]
NEW = [engine.NetworkAttachmentConfig(target="new")]


@pytest.mark.parametrize(
    ("version", "template", "top", "want"),
    [
        ("1.43", [], OLD, OLD),
        ("1.43", NEW, OLD, NEW),
        ("1.43", NEW, [], NEW),
        (OLDEST, [], OLD, OLD),
        ("1.44", [], OLD, []),
        ("1.44", NEW, OLD, NEW),
        (NEWEST, [], OLD, []),
        ("", [], OLD, []),
    ],
)
def test_networks_at_the_top_stand_in_before_1_44(version, template, top, want):
    spec = engine.ServiceSpec(
        task_template=engine.TaskSpec(networks=list(template)), networks=list(top)
    )
    adjusted = engine.adjust_for_api_version(spec, version)
    assert adjusted.task_template.networks == want
    assert adjusted.networks == []
    assert NETWORKS_UNTIL == (1, 44)


@pytest.mark.parametrize("version", [OLDEST, "1.39", NEWEST])
def test_spec_with_nothing_in_it_stays_so(version):
    assert engine.adjust_for_api_version(engine.ServiceSpec(), version) == engine.ServiceSpec()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.40", (1, 40)),
        ("1.4", (1, 4)),
        ("2", (2,)),
        ("1.40.0", (1, 40)),
        ("1.40.1", (1, 40, 1)),
        ("x.40", (0, 40)),
        ("1.x", (1,)),
        ("1.\u0664", (1,)),
        ("", ()),
    ],
)
def test_version_is_compared_as_numbers(text, numbers):
    assert parse_version(text) == numbers


@pytest.mark.parametrize("version", ["1." + "9" * 5000, "1.-1", "\ud800", ".", "1..2"])
def test_any_text_is_a_version(version):
    engine.adjust_for_api_version(engine.ServiceSpec(), version)


@pytest.mark.parametrize(
    ("spec", "version"),
    [
        (None, "1.40"),
        (engine.TaskSpec(), "1.40"),
        (engine.ServiceSpec(task_template=None), "1.40"),
        (engine.ServiceSpec(mode=1), "1.40"),
        (engine.ServiceSpec(), 1.40),
        (engine.ServiceSpec(), None),
    ],
)
def test_wrong_things_are_errors_of_ours(spec, version):
    with contextlib.suppress(SwarmwireError):
        engine.adjust_for_api_version(spec, version)


def test_versions_are_all_from_the_oldest_to_the_newest():
    numbers = [parse_version(version) for version in VERSIONS]
    assert (VERSIONS[0], VERSIONS[-1]) == (OLDEST, NEWEST)
    assert numbers == [(1, minor) for minor in range(numbers[0][1], numbers[-1][1] + 1)]
    assert {since.version for since in SINCE} | {NETWORKS_UNTIL} <= set(numbers)


def test_an_update_of_26_1_keeps_what_a_creation_loses():
    spec = full_spec()
    path = "TaskTemplate.ContainerSpec.Healthcheck.StartInterval"
    for release, kept in (("26.1", True), ("27.5", False)):
        created = engine.adjust_for_api_version(spec, "1.43", release=release)
        updated = engine.adjust_for_api_version(spec, "1.43", release=release, updates=True)
        assert not any(at(created, path))
        assert any(at(updated, path)) is kept
        assert not any(at(updated, "TaskTemplate.ContainerSpec.Privileges.AppArmor"))
