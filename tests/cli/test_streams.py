import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmwire.cli.exits import Unreadable
from swarmwire.cli.reading.json_stream import JSONSplitter
from swarmwire.cli.reading.streams import (
    Element,
    FrameSplitter,
    Splitter,
    TextSplitter,
    WholeSplitter,
)
from swarmwire.cli.writing import Frames


def cut(splitter: Splitter, data: bytes, size: int = 1 << 20) -> list[Element]:
    return list(elements(splitter, data, size))


def elements(splitter: Splitter, data: bytes, size: int) -> Iterator[Element]:
    for start in range(0, len(data), size):
        yield from splitter.feed(data[start : start + size])
    yield from splitter.finish()


def raws(data: bytes, size: int = 1 << 20) -> list[bytes]:
    return [element.raw for element in cut(JSONSplitter("f"), data, size)]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
objects = st.lists(
    st.dictionaries(st.sampled_from(["Name", 'q"\\', "[{", "}]"]), values, max_size=4), max_size=8
)
chunk_sizes = st.integers(1, 400)


@given(objects, chunk_sizes, st.sampled_from([None, 2]), st.booleans())
def test_a_list_gives_its_objects_however_it_is_cut(items, size, indent, ascii_only):
    data = json.dumps(items, indent=indent, ensure_ascii=ascii_only).encode()
    assert [json.loads(raw) for raw in raws(data, size)] == items


@given(objects.filter(bool), chunk_sizes, st.sampled_from(["\n", "", " ", "\r\n\t", "\n\n"]))
def test_objects_one_after_the_other(items, size, between):
    data = between.join(json.dumps(item) for item in items).encode()
    assert [json.loads(raw) for raw in raws(data, size)] == items


@given(st.lists(objects.filter(bool), min_size=1, max_size=4), chunk_sizes)
def test_lists_and_objects_in_a_row(groups, size):
    data = b"\n".join(
        json.dumps(group if index % 2 else group[0]).encode() for index, group in enumerate(groups)
    )
    wanted = [
        item for index, group in enumerate(groups) for item in (group if index % 2 else group[:1])
    ]
    assert [json.loads(raw) for raw in raws(data, size)] == wanted


@given(
    st.binary(max_size=200) | st.text('[]{}",:\\ ntf1\n', max_size=60).map(str.encode), chunk_sizes
)
def test_any_bytes_are_cut_or_refused_and_chunks_do_not_matter(data, size):
    def outcome(chunk: int) -> tuple[list[bytes], str]:
        found: list[bytes] = []
        try:
            found.extend(e.raw for e in elements(JSONSplitter("f"), data, chunk))
        except Unreadable as err:
            return found, str(err)
        return found, ""

    assert outcome(size) == outcome(1 << 20)


def test_a_guessed_seam_within_an_object_is_not_believed():
    tricky = b'{"ID":1},{"ID":{"a":[{"x":"},{\\"ID\\""},{"ID":2}]}},{"ID":3}'
    wanted = [b'{"ID":1}', b'{"ID":{"a":[{"x":"},{\\"ID\\""},{"ID":2}]}}', b'{"ID":3}']
    for size in range(1, len(tricky) + 3):
        assert raws(b"[" + tricky + b"]", size) == wanted
        assert raws(b"\n".join(wanted), size) == wanted


def test_a_list_among_objects_is_never_taken_for_one():
    data = b'{"a":1}\n{"a":2}\n[{"a":3}]\n{"a":4}\n{"a":5}'
    for size in range(1, len(data)):
        assert raws(data, size) == [b'{"a":%d}' % number for number in range(1, 6)]


def test_elements_know_their_place():
    data = b'[\n  {"a": 1},\n  {\n    "b": 2 }, {"c": 3}\n]\n{"d":4}'
    for size in (1, 7, 100):
        found = cut(JSONSplitter("f.json"), data, size)
        assert [(e.line, e.column, e.in_list) for e in found] == [
            (2, 3, True),
            (3, 3, True),
            (4, 15, True),
            (6, 1, False),
        ]
        assert [e.label for e in found] == [f"f.json: object {n}" for n in range(1, 5)]
    (alone,) = cut(JSONSplitter("f.json"), b"{}")
    assert alone.label == "f.json"


def test_each_object_comes_as_soon_as_it_is_whole():
    splitter = JSONSplitter("f")
    assert [e.raw for e in splitter.feed(b'{"a":1}\n')] == [b'{"a":1}']
    assert [e.raw for e in splitter.feed(b'{"a":2}\n{"a"')] == [b'{"a":2}']
    assert [e.raw for e in splitter.feed(b":3}")] == [b'{"a":3}']


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n ", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"hello", "not JSON: unexpected 'h' at line 1, column 1"),
        (b'{"a":1}\n\x00', "not JSON: unexpected byte 0x00 at line 2, column 1"),
        (b"[{} {}]", "not JSON: unexpected '{' at line 1, column 5"),
        (b"[{},]", "not JSON: unexpected ']' at line 1, column 5"),
        (b"[,{}]", "not JSON: unexpected ',' at line 1, column 2"),
        (b"{},{}", "not JSON: unexpected ',' at line 1, column 3"),
        (b"{}]", "not JSON: unexpected ']' at line 1, column 3"),
        (b"[{}", "breaks off within a list, after 1 objects"),
        (b'\n{"a":"', "breaks off within object 1, which begins at line 2"),
        (b'{"a":"\\', "breaks off within object 1, which begins at line 1"),
        (b"[" * 20_000, "nested more than 10000 levels deep"),
        (b'{"a":' * 20_000, "nested more than 10000 levels deep"),
        (b"1" * (3 << 20), "not JSON: an endless word at line 1"),
        (b"\xff\xfe{\x00", "not JSON: UTF-16 text; save it as UTF-8"),
        (b"\xfe\xff\x00{", "not JSON: UTF-16 text; save it as UTF-8"),
        (b"\x1f\x8b\x08\x00", "not JSON: compressed with gzip; unpack it first"),
    ],
)
def test_what_is_no_row_of_values_is_refused(data, reason):
    with pytest.raises(Unreadable) as caught:
        raws(data, 1 << 18)
    assert str(caught.value) == reason


def test_a_byte_order_mark_is_passed_over():
    assert raws(b"\xef\xbb\xbf[{}]", 1) == [b"{}"]


def test_an_empty_list_has_no_objects():
    assert raws(b" [ ] ") == []


def test_a_long_string_costs_its_length_once():
    # with a quadratic cost this would take minutes
    data = b'{"Data":"' + b"A" * (16 << 20) + b'"}'
    assert raws(data, 4096) == [data]


@given(st.lists(st.binary(max_size=300), max_size=6), chunk_sizes)
def test_framed_messages_come_back(messages, size):
    frames = Frames(always=True)
    data = b"".join(map(frames.add, messages)) + frames.end()
    assert [element.raw for element in cut(FrameSplitter("f"), data, size)] == messages


@pytest.mark.parametrize(
    "data", [b"\x05abc", b"\x80", b"\xff\xff\xff\xff\xff\xff", b"\xff\xff\xff\xff\x7f"]
)
def test_broken_frames_are_refused(data):
    with pytest.raises(Unreadable, match=r"message 1"):
        cut(FrameSplitter("f"), data)


@given(chunk_sizes)
def test_text_is_cut_at_its_separators(size):
    data = b'a: "# ---"\n# ---\nb: 1\nc: 2\r\n# ---\r\n# ---\nd: 1'
    found = cut(TextSplitter("f"), data, size)
    assert [element.raw for element in found] == [
        b'a: "# ---"\n',
        b"b: 1\nc: 2\r\n",
        b"",
        b"d: 1",
    ]
    assert [element.line for element in found] == [1, 3, 6, 7]


@pytest.mark.parametrize("splitter", [TextSplitter, WholeSplitter])
def test_nothing_is_no_message(splitter):
    with pytest.raises(Unreadable, match="is empty"):
        cut(splitter("f"), b"")


def test_a_whole_is_all_of_it():
    assert [element.raw for element in cut(WholeSplitter("f"), b"abc", 1)] == [b"abc"]
