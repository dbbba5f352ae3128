"""CONTRIBUTING's "Adding a field", followed to the letter in a copy of the tree.

The field is invented: `drain` of a ContainerSpec, in the version of the Engine API that comes next.
Then the tests run that tell whether somebody forgot a place. If one fails here, the guide lacks a
step, or a place that knows the fields should not.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from swarmwire.engine.versions import NEWEST

ROOT = Path(__file__).parents[1]
COPIED = ("docs", "examples", "schema", "src", "tests", "tools")
FILES = ("CHANGELOG.md", "CONTRIBUTING.md", "README.md", "mkdocs.yml", "pyproject.toml")
MINOR = int(NEWEST.partition(".")[2]) + 1
NEXT = f"1.{MINOR}"
NUMBER = 31
CONTAINER = "docker.swarmkit.v1.ContainerSpec"


class Edit(NamedTuple):
    """A line that a step of the guide has us write: below the first line that holds ``below``."""

    step: str
    file: str
    below: str
    line: str


EDITS = (
    Edit(
        "The wire",
        "schema/swarmkit/specs.proto",
        "int64 oom_score_adj = 30;",
        f"  bool drain = {NUMBER};",
    ),
    Edit(
        "The wire",
        "tests/facts/swarmkit-messages.tsv",
        f"{CONTAINER}\toom_score_adj\t",
        f"specs.proto\t{CONTAINER}\tdrain\t{NUMBER}\tbool\t\t\t",
    ),
    Edit(
        "The object",
        "src/swarmwire/engine/container.py",
        "oom_score_adj: Int64 = 0",
        "    drain: bool = False",
    ),
    Edit(
        "The object",
        "tests/facts/engine-api-fields.tsv",
        "swarm.ContainerSpec\tOomScoreAdj\t",
        "swarm.ContainerSpec\tDrain\tbool\tno\t",
    ),
    Edit(
        "Old releases and clients",
        "src/swarmwire/engine/versions.py",
        '"TaskTemplate.Resources.MemorySwappiness"',
        f'    Since((1, {MINOR}), "TaskTemplate.ContainerSpec.Drain"),',
    ),
    Edit(
        "Old releases and clients",
        "tests/facts/engine-api-since.tsv",
        "\tTaskTemplate.Resources.MemorySwappiness",
        f"{NEXT}\tTaskTemplate.ContainerSpec.Drain",
    ),
    Edit(
        "The bridge",
        "src/swarmwire/convert/container.py",
        "        out.oom_score_adj = spec.oom_score_adj",
        "    if spec.drain:\n        out.drain = True",
    ),
    Edit(
        "The bridge",
        "src/swarmwire/convert/container.py",
        "        oom_score_adj=spec.oom_score_adj,",
        "        drain=spec.drain,",
    ),
    Edit("The proof", "CHANGELOG.md", "### Added", "\n- `ContainerSpec.Drain`."),
)
REPLACED = (
    ("Old releases and clients", "src/swarmwire/releases/release.py", f'"{NEWEST}"', f'"{NEXT}"'),
    ("Old releases and clients", "docs/fidelity.md", f"(API {NEWEST},", f"(API {NEXT},"),
)
NOTICING = (
    "tests/schema",
    "tests/engine/test_fields.py",
    "tests/engine/test_versions.py",
    "tests/engine/test_dicts.py",
    "tests/convert/test_complete.py",
    "tests/plan/test_differences.py",
    "tests/storediff/test_every_field.py",
    "tests/cli/test_reference.py",
)
"""The tests that notice a place that was forgotten: they look at every field."""


def guide():
    """The steps of the guide: name to text."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("## Adding a field")[2].partition("\n## ")[0]
    parts = re.split(r"^\d+\. \*\*(.+?)\.\*\*", section, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def copy(tree):
    ignored = shutil.ignore_patterns("__pycache__", "samples", "node_modules")
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, tree / name)
    if (ROOT / ".venv-protoc").exists():  # made by `make check`; else it is made here
        (tree / ".venv-protoc").symlink_to(ROOT / ".venv-protoc")


def follow(tree):
    for edit in EDITS:
        path = tree / edit.file
        lines = path.read_text(encoding="utf-8").splitlines()
        (place, *_) = (index for index, line in enumerate(lines) if edit.below in line)
        lines.insert(place + 1, edit.line)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for _, file, old, new in REPLACED:
        path = tree / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (file, old)
        path.write_text(text.replace(old, new), encoding="utf-8")
    run(tree, "tools/generate.py")
    run(tree, "-m", "swarmwire.cli.reference")
    run(tree, "tools/releases_page.py")


def run(tree, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree")
    copy(folder)
    follow(folder)
    return folder


@pytest.mark.parametrize("step", sorted({one[0] for one in (*EDITS, *REPLACED)}))
def test_the_guide_names_each_file(step):
    text = guide()[step]
    for named, file, *_ in (*EDITS, *REPLACED):
        assert named != step or file in text, file


def test_the_field_goes_both_ways(tree):
    code = (
        "from swarmwire import check, convert, engine, pb, plan\n"
        "given = {'Name': 'a', 'TaskTemplate': {'ContainerSpec': {'Image': 'b', 'Drain': True}}}\n"
        "spec = engine.from_dict(given, engine.ServiceSpec)\n"
        "message = convert.service_spec_to_grpc(spec)\n"
        "assert message.task.container.drain\n"
        "assert convert.service_spec_from_grpc(message).task_template.container_spec.drain\n"
        "assert check.check(spec) == []\n"
        f"(old,) = check.check(spec, api_version={NEWEST!r})\n"
        "assert old.path == 'TaskTemplate.ContainerSpec.Drain', old\n"
        "without = convert.service_spec_to_grpc(engine.ServiceSpec(name='a', task_template="
        "engine.TaskSpec(container_spec=engine.ContainerSpec(image='b'))))\n"
        "(change,) = plan.differences(without, message)\n"
        "assert (change.path, change.effect) == (old.path, 'restarts'), change\n"
    )
    run(tree, "-c", code)


def test_nobody_who_follows_the_guide_fails_a_test(tree):
    run(tree, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *NOTICING)
