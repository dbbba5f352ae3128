import pytest

from swarmwire.cli.locate import Locator, Place

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
    assert Locator(TEXT.encode(), Place(1, 1)).place(path) == Place(line, column)


def test_places_count_from_where_the_object_begins():
    locator = Locator(b'{"a": 1,\n "b": 2}', Place(10, 5))
    assert locator.place("a") == Place(10, 6)
    assert locator.place("b") == Place(11, 2)
