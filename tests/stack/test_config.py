"""The merged file, held against what ``docker stack config`` 28.2 printed."""

import json
from pathlib import Path

import pytest

from swarmwire import stack
from swarmwire.errors import StackError
from swarmwire.stack.texts.go_values import duration_text
from swarmwire.stack.yaml.writing import in_order, write_yaml
from tests.stack.support import DIRECTORY, folder, load

VECTORS = Path(__file__).parents[1] / "vectors"
STACKS = (VECTORS / "stack.jsonl").read_text(encoding="utf-8").splitlines()
PRINTED = [
    json.loads(line)
    for line in (VECTORS / "stack-config.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("number", range(len(PRINTED)))
def test_the_docker_command_printed_the_same(number):
    printed = PRINTED[number]
    case = json.loads(STACKS[printed["vector"]])
    loaded = stack.load(
        [stack.File(f"{index}.yml", text) for index, text in enumerate(case["files"])],
        environment=case["env"],
        read=folder(case["extra"]),
        directory=DIRECTORY,
        with_images=False,
    )
    assert stack.config_text(loaded) == printed["config"]


def test_what_is_never_sent_is_printed_all_the_same():
    text = """\
services:
  a:
    image: b:1
    build: .
    depends_on: [b]
    expose: [3]
    tmpfs: /x
    x-a: 1
    ulimits: {n: 3}
    stop_grace_period: 90s
    environment: {A: "1", B: }
  b: {image: b}
x-top: {b: 1, a: 2}
"""
    assert (
        stack.config_text(load(text))
        == """\
version: "3.13"
services:
  a:
    build:
      context: .
    depends_on:
      - b
    environment:
      A: "1"
      B: null
    expose:
      - "3"
    image: b:1
    stop_grace_period: 1m30s
    tmpfs:
      - /x
    ulimits:
      "n": 3
    x-a: 1
  b:
    image: b
x-top:
  a: 2
  b: 1
"""
    )


def test_images_are_checked_unless_told_otherwise():
    text = "services: {a: {image: 'A B'}}"
    with pytest.raises(StackError, match="invalid image reference"):
        load(text)
    loaded = stack.load(
        [stack.File("s.yml", text)],
        environment={},
        read=folder({}),
        directory=DIRECTORY,
        with_images=False,
    )
    assert "image: A B\n" in stack.config_text(loaded)


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_500, "1.5\u00b5s"),
        (2_000_000, "2ms"),
        (1_500_000_000, "1.5s"),
        (90 * 10**9, "1m30s"),
        (3_600 * 10**9, "1h0m0s"),
        (-5 * 10**8, "-500ms"),
    ],
)
def test_durations_are_written_as_go_writes_them(nanoseconds, text):
    assert duration_text(nanoseconds) == text


def test_keys_stand_in_go_yamls_order():
    keys = ["b", "a10", "a9", "A", "a-b", "ab", "a"]
    assert list(in_order(dict.fromkeys(keys))) == ["A", "a", "a-b", "a9", "a10", "ab", "b"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("yes", '"yes"'),
        ("1", '"1"'),
        ("", '""'),
        ("1:30", '"1:30"'),
        ("2024-01-01", '"2024-01-01"'),
        ("a: b", "'a: b'"),
        ("a\nb\n", "|\n    a\n    b"),
        ("plain", "plain"),
        (3, "3"),
        (None, "null"),
        (True, "true"),
        ([], "[]"),
        ({}, "{}"),
    ],
)
def test_scalars_are_quoted_as_go_yaml_quotes_them(value, text):
    assert write_yaml({"k": {"v": value}}) == f"k:\n  v: {text}\n"
