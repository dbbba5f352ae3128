"""Query parameters and filters as Go and the engine read them."""

import json

import pytest

from swarmwire.gateway import RequestRefused
from swarmwire.gateway.filters import Filters
from swarmwire.gateway.parameters import Parameters
from swarmwire.releases import release


def refusal(work, *args, **kwargs):
    with pytest.raises(RequestRefused) as found:
        work(*args, **kwargs)
    return found.value.status, found.value.text


def test_the_first_of_a_repeated_parameter_counts():
    found = Parameters("a=1&a=2&b=x+y%20z&A=3")
    assert (found.text("a"), found.text("b"), found.text("c")) == ("1", "x y z", "")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("a=%zz", 'invalid URL escape "%zz"'),
        ("a=%x&b=%y", 'invalid URL escape "%x"'),
        ("%4=x", 'invalid URL escape "%4"'),
        ("a=%4=", 'invalid URL escape "%4="'),
        ("a;b", "invalid semicolon separator in query"),
        ("a=%zz&b;c", "invalid semicolon separator in query"),
    ],
)
def test_what_go_cannot_read(query, text):
    assert refusal(Parameters(query).refuse_malformed) == (400, text)


@pytest.mark.parametrize(
    ("value", "strict", "loose"),
    [
        ("1", True, True),
        ("True", True, True),
        ("t", True, True),
        ("0", False, False),
        ("False", False, False),
        ("f", False, True),
        ("", False, False),
    ],
)
def test_two_kinds_of_booleans(value, strict, loose):
    found = Parameters(f"x={value}")
    assert (found.strict("x"), found.loose("x")) == (strict, loose)


@pytest.mark.parametrize("value", ["no", "None", "%20false"])
def test_loose_booleans_that_are_false(value):
    assert Parameters(f"x={value}").loose("x") is False


def test_strict_booleans_that_are_none():
    text = 'invalid value for x: yes: strconv.ParseBool: parsing "yes": invalid syntax'
    assert refusal(Parameters("x=yes").strict, "x") == (400, text)
    assert refusal(Parameters("x=yes").strict, "x", with_cause=False) == (
        400,
        "invalid value for x: yes",
    )


@pytest.mark.parametrize("value", ["", "x", "-1", "1.0", "+1", "٣"])
def test_versions_that_are_none(value):
    status, text = refusal(Parameters(f"version={value.replace('+', '%2B')}").version, "node")
    assert status == 400
    assert text.startswith(f"invalid node version '{value}': strconv.ParseUint: parsing ")
    assert text.endswith(": invalid syntax")


def test_versions_have_64_bits():
    assert Parameters(f"version={2**64 - 1}").version("node") == 2**64 - 1
    text = refusal(Parameters(f"version={2**64}").version, "node")[1]
    assert text.endswith("value out of range")


@pytest.mark.parametrize(
    ("value", "nanoseconds"),
    [
        ("", None),
        ("10", 10 * 10**9),
        ("10.5", 10_500_000_000),
        ("10.000000001", 10_000_000_001),
        ("10.0000000019", 10_000_000_001),
        ("-1", -(10**9)),
        ("10.", 10 * 10**9),
    ],
)
def test_times(value, nanoseconds):
    assert Parameters(f"since={value}").unix_time("since", "'") == nanoseconds


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("abc", 'invalid seconds "abc": invalid syntax'),
        ("1.x", "invalid nanoseconds: invalid character 'x' at position 0"),
        (f"1.{'0' * 20}1", "invalid nanoseconds: length 21 exceeds maximum 20"),
        (str(2**63), f'invalid seconds "{2**63}": value out of range'),
    ],
)
def test_times_that_are_none(value, reason):
    status, text = refusal(Parameters(f"since={value}").unix_time, "since", "'")
    assert (status, text) == (
        400,
        f"invalid value for 'since': invalid timestamp \"{value}\": {reason}",
    )


@pytest.mark.parametrize(
    ("value", "nanoseconds"),
    [
        ("", None),
        ("10", 10 * 10**9),
        ("10.5", 10_500_000_000),
        ("10.0000000019", 10_000_000_001),
        ("1.-5", 950_000_000),
        ("-1.5", -500_000_000),
    ],
)
def test_times_as_older_releases_read_them(value, nanoseconds):
    assert Parameters(f"since={value}").older_unix_time("since") == nanoseconds


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("abc", '"abc": invalid syntax'),
        ("1.", '"": invalid syntax'),
        ("1.5.5", '"5.5": invalid syntax'),
        (str(2**63), f'"{2**63}": value out of range'),
        (f"1.{2**63}", f'"{2**63}": value out of range'),
    ],
)
def test_times_that_older_releases_cannot_read(value, reason):
    found = refusal(Parameters(f"since={value}").older_unix_time, "since", "no: ")
    assert found == (500, f"no: strconv.ParseInt: parsing {reason}")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        ("null", []),
        ('{"name":{"a":true,"b":false}}', ["a", "b"]),
        ('{"name":["a","b"]}', ["a", "b"]),
        ('{"name":null}', []),
        ('{"name":[]}', []),
        ('{"name":[null]}', [""]),
        ('{"name":["\\ud800"]}', ["\N{REPLACEMENT CHARACTER}"]),
        ('{"name":["a"],"name":["b"]}', ["b"]),
    ],
)
def test_filters_in_both_forms(text, values):
    assert Filters.of(text).get("name") == values


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "[]",
        '"x"',
        '{"name":"a"}',
        '{"name":1}',
        '{"name":[1]}',
        '{"name":{"a":1}}',
        '{"name":["a"],"id":{"b":true}}',
        '{"name":["a"]} x',
        '{"name":["a"],"name":{"b":true}}',
        '{"name":[NaN]}',
        "[" * 5000,
    ],
)
def test_filters_that_are_none(text):
    assert refusal(Filters.of, text) == (400, "invalid filter")


@pytest.mark.parametrize(
    ("version", "key", "text"),
    [
        ("20.10.24", "x", "Invalid filter 'x'"),
        ("20.10.24", "", "Invalid filter ''"),
        ("23.0.0", "x", "invalid filter 'x'"),
        ("23.0.0", "", "invalid filter ''"),
        ("25.0.0", "", "invalid filter"),
    ],
)
def test_unknown_keys_of_filters(version, key, text):
    filters = Filters.of(f'{{"{key}":["a"]}}')
    assert refusal(filters.refuse_others, ("name",), release(version)) == (400, text)


def test_a_value_that_is_false_is_no_value_but_a_beginning():
    filters = Filters.of('{"name":{"net":false,"web":null}}')
    assert not filters.exact("name", "net")
    assert filters.prefix("name", "net1")
    assert filters.pattern("name", "web")


@pytest.mark.parametrize(
    ("labels", "wanted", "fits"),
    [
        ({"a": "b"}, ["a"], True),
        ({"a": "b"}, ["a=b"], True),
        ({"a": "b"}, ["a=c"], False),
        ({"a": "b"}, ["a="], False),
        ({"a": "b"}, ["a", "c"], False),
        ({}, [], True),
    ],
)
def test_labels(labels, wanted, fits):
    assert Filters({"label": wanted}).labelled("label", labels) is fits


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("ne", True), ("^net1$", True), ("^et", False), ("[", False), ("n.t[0-9]", True)],
)
def test_patterns(pattern, fits):
    assert Filters({"name": [pattern]}).pattern("name", "net1") is fits


def test_a_pattern_cannot_take_for_ever():
    assert Filters({"name": ["(a+)+$"]}).pattern("name", "a" * 60 + "b") is False


@pytest.mark.parametrize(
    "pattern", [".?" * 100 + "Z", "(.|.)" * 30 + "Z", "a?" * 40 + "a" * 40 + "Z", ".*.*.*.*.*Z"]
)
def test_no_expression_takes_for_ever(pattern):
    filters = Filters({"id": [pattern], "name": [pattern]})
    for text in ("a" * 63, "k2j3h4g5f6d7s8a9q1w2e3r4t"):
        assert filters.pattern("id", text) is False
        assert filters.pattern("name", text) is False


@pytest.mark.parametrize("pattern", ["(?=n)net", "(?<!x)net", r"(n)et\1?"])
def test_what_go_cannot_read_fits_nothing(pattern):
    assert Filters({"name": [pattern]}).pattern("name", "net1") is False


def test_many_expressions_are_plain_texts():
    """Thousands of networks, each held against hundreds of them, would make everybody wait."""
    few, many = [f"^x{number}" for number in range(49)], [f"^x{number}" for number in range(50)]
    assert Filters({"name": [*few, "n.t"]}).pattern("name", "net1")
    assert not Filters({"name": [*many, "n.t"]}).pattern("name", "net1")
    assert Filters({"name": [*many, "et1"]}).pattern("name", "net1")


def test_values_of_filters_have_a_limit():
    text = json.dumps({"id": {f"x{number}": True for number in range(1001)}})
    assert refusal(Filters.of, text) == (400, "invalid filter: more than 1000 values")


@pytest.mark.parametrize("digits", ["9" * 5000, "0" * 5000 + "1" * 30])
def test_numbers_of_thousands_of_digits_are_refused(digits):
    text = refusal(Parameters(f"version={digits}").version, "service")
    assert (text[0], "value out of range" in text[1]) == (400, True)
    text = refusal(Parameters(f"since={digits}").unix_time, "since", "'")
    assert (text[0], "value out of range" in text[1]) == (400, True)
    assert Parameters(f"version={'0' * 5000}7").version("service") == 7
