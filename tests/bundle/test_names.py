"""Names of objects make names of files that stay in their folder."""

import re

from hypothesis import given
from hypothesis import strategies as st

from swarmwire.bundle import file_names

TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)


def name_of(name):
    return file_names([(name, "id1")])[0]


def test_usual_names_stay():
    assert name_of("shop_web-1.v2") == "shop_web-1.v2"


def test_what_a_file_system_minds_is_encoded():
    assert name_of("../../etc/passwd") == "%2E.%2F..%2Fetc%2Fpasswd"
    assert name_of("a b") == "a%20b"
    assert name_of("schön") == "sch%C3%B6n"
    assert name_of(".hidden") == "%2Ehidden"
    assert name_of("dot.") == "dot%2E"
    assert name_of("nul.txt") == "%6Eul.txt"
    assert name_of("null") == "null"


def test_equal_names_get_their_ids_whatever_their_case():
    names = [("Web", "a"), ("web", "b"), ("other", "c")]
    assert file_names(names) == ["Web@a", "web@b", "other"]


def test_no_name_and_a_long_name_get_their_ids():
    assert name_of("") == "@id1"
    assert name_of("x" * 400) == "x" * 180 + "@id1"


@given(st.lists(st.tuples(TEXTS, st.integers().map(str)), unique_by=lambda each: each[1]))
def test_names_differ_and_are_safe(objects):
    found = file_names(objects)
    assert len({each.lower() for each in found}) == len(objects)
    for each in found:
        assert re.fullmatch(r"[A-Za-z0-9_%@.-]+", each)
        assert not each.startswith(".")
        assert len(each) < 250
