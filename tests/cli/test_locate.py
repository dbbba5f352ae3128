import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmwire.cli.checking.locate import Locator, TextPlace

TEXT = """{
  "Name": "ü", "Labels": {"com.example": "a", "x\\"y": "1"},
  "Mounts": [{"Type": "bind"},
    {"Type": "b,\\"{["}, 3],
  "Empty": {}, "List": [[1], []]
}"""


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ("", 1, 1),
        ("Name", 2, 3),
        ("name", 2, 3),
        ("Labels[com.example]", 2, 27),
        ("Labels.none", 2, 16),
        ("Mounts[0].Type", 3, 15),
        ("Mounts[1]", 4, 5),
        ("Mounts[1].Type", 4, 6),
        ("Mounts[1].Source.Deeper", 4, 5),
        ("Mounts[2]", 4, 25),
        ("Mounts[7]", 3, 3),
        ("List[1]", 5, 30),
        ("List[0][0]", 5, 26),
        ("Nowhere.At[1].All", 1, 1),
    ],
)
def test_a_path_has_a_place(path, line, column):
    assert Locator(TEXT.encode(), TextPlace(1, 1)).place(path) == TextPlace(line, column)


def test_places_count_from_where_the_object_begins():
    locator = Locator(b'{"a": 1,\n "b": 2}', TextPlace(10, 5))
    assert locator.place("a") == TextPlace(10, 6)
    assert locator.place("b") == TextPlace(11, 2)


def test_repeated_keys_do_not_lead_astray():
    text = b'{"a": 12, "a": 1,\n "b": {"c": [1], "c": [12],\n "d": 0}, "b": {"d": 0}}'
    locator = Locator(text, TextPlace(1, 1))
    assert locator.place("a") == TextPlace(1, 11)
    assert locator.place("b.d") == TextPlace(3, 17)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet='ab"\\{[é', min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


def paths(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each path in a value, and how what stands there begins."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if "[" not in key:
                yield f"{path}[{key}]", json.dumps(key, ensure_ascii=False) + ":"
                yield from paths(inner, f"{path}[{key}]")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield f"{path}[{index}]", json.dumps(inner, ensure_ascii=False)[:1]
            yield from paths(inner, f"{path}[{index}]")


@given(values, st.sampled_from([None, 1]))
def test_every_path_is_found(value, indent):
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    locator = Locator(text.encode(), TextPlace(1, 1))
    lines = text.split("\n")
    for path, begin in paths(value):
        place = locator.place(path)
        assert lines[place.line - 1][place.column - 1 :].startswith(begin)
