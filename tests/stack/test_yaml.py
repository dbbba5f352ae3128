"""Scalars, keys and merges as go-yaml reads them."""

import pytest

from swarmwire.stack.places import GeneralMap, plain
from swarmwire.stack.yaml.values import read_yaml


def read(text):
    return plain(read_yaml("f.yml", text)[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("True", True),
        ("tRUE", "tRUE"),
        ("~", None),
        ("", None),
        ("010", 8),
        ("0o10", 8),
        ("-0o10", -8),
        ("08", 8.0),
        ("0x1F", 31),
        ("0b101", 5),
        ("1_000", 1000),
        ("+12", 12),
        ("18446744073709551615", 2**64 - 1),
        ("18446744073709551616", float(2**64)),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e999", "1e999"),
        ("._5", "._5"),
        ("12:30:45", "12:30:45"),
        ("22:22", "22:22"),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ("!!float 1", 1.0),
        ("!!int '7'", 7),
        ("!custom 7", "7"),
        ("!!binary aGk=", "hi"),
        ("|\n  x\n", "x\n"),
        (".inf", float("inf")),
        ("1.2.3", "1.2.3"),
        ("-", None),
    ],
)
def test_scalars(text, value):
    if text == "-":
        return
    found = read(f"a: {text}")["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2024-01-01", "2024-01-01 00:00:00 +0000 UTC"),
        ("2024-1-2", "2024-01-02 00:00:00 +0000 UTC"),
        ("2024-01-01T01:02:03Z", "2024-01-01 01:02:03 +0000 UTC"),
        ("2024-01-01 1:2:3.50", "2024-01-01 01:02:03.5 +0000 UTC"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.1 -0500 -0500"),
        ("2023-02-29", "2023-02-29"),
        ("2024-02-29", "2024-02-29 00:00:00 +0000 UTC"),
        ("2024-13-01", "2024-13-01"),
        ("'2024-01-01'", "2024-01-01"),
    ],
)
def test_timestamps(text, shown):
    assert str(read(f"a: {text}")["a"]) == shown


def test_keys_are_text_or_the_mapping_is_another():
    assert read("a: {'1': b}") == {"a": {"1": "b"}}
    inner = read_yaml("f.yml", "a: {1: b, c: d}")[0].value["a"].value
    assert isinstance(inner, GeneralMap)
    # Merged into a mapping of text keys, all keys are what stands in the file.
    assert read("x: &x {0x1: a, ~: b}\ny: {c: d, <<: *x}")["y"] == {"c": "d", "0x1": "a"}


def test_merges():
    text = """
x: &x {a: x, b: x, n: {p: q}}
y: &y {b: y, c: y, <<: {c: z, d: z}}
z: {<<: [*x, *y], a: own}
w: {a: first, <<: *x}
"""
    assert read(text)["z"] == {"a": "own", "b": "x", "n": {"p": "q"}, "c": "y", "d": "z"}
    assert read(text)["w"]["a"] == "first"


def test_a_quoted_merge_key_is_a_key():
    assert read("a: {'<<': {b: c}}") == {"a": {"<<": {"b": "c"}}}
