import pytest

from swarmwire.cli.writing import Frames, JSONList, Lines, TextBlocks


@pytest.mark.parametrize(
    ("framing", "items", "wanted"),
    [
        (Lines(), [b"1", b"2"], b"1\n2\n"),
        (TextBlocks(), [b"a: 1\n"], b"a: 1\n"),
        (TextBlocks(), [b"a: 1\n", b"", b"b: 2\n"], b"a: 1\n# ---\n# ---\nb: 2\n"),
        (JSONList(), [], b"[]\n"),
        (JSONList(), [b"{}", b"{}"], b"[{},{}]\n"),
        (JSONList("  "), [], b"[]\n"),
        (JSONList("  "), [b'{\n  "a": 1\n}'], b'[\n  {\n    "a": 1\n  }\n]\n'),
        (Frames(), [], b""),
        (Frames(), [b"abc"], b"abc"),
        (Frames(), [b"abc", b""], b"\x03abc\x00"),
        (Frames(always=True), [b"a" * 200], b"\xc8\x01" + b"a" * 200),
    ],
)
def test_objects_are_joined(framing, items, wanted):
    assert b"".join([*map(framing.add, items), framing.end()]) == wanted


def test_a_message_next_to_a_refused_one_has_its_length():
    before, after = Frames(), Frames()
    assert before.add(b"a") + before.skip() + before.end() == b"\x01a"
    assert after.skip() + after.add(b"a") + after.end() == b"\x01a"


def test_a_list_that_an_error_ends_stays_open():
    framing = JSONList()
    assert framing.add(b"{}") + framing.skip() == b"[{}"
