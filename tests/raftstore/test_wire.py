"""One large field of a message, given apart: the same as protobuf's own reading, not copied."""

import pytest
from google.protobuf.message import DecodeError

from swarmwire import pb
from swarmwire.raftstore.wire import parse_around

DATA = 0x1A
"""The tag of a record's data, which is its field 3."""


def parsed(raw):
    message = pb.walpb.Record()
    field = parse_around(message, memoryview(raw), DATA)
    return message, None if field is None else bytes(field)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        pytest.param(b"\x08\x02\x10\x07\x1a\x03abc", b"abc", id="behind two numbers"),
        pytest.param(b"\x1a\x03abc\x08\x02\x10\x07", b"abc", id="before them"),
        pytest.param(b"\x08\x02\x1a\x03abc\x10\x07", b"abc", id="between them"),
        pytest.param(b"\x08\x82\x00\x10\x87\x80\x00\x1a\x00", b"", id="numbers of several bytes"),
        pytest.param(b"\x08\x02\x10\x07\x1a\x83\x80\x80\x80\x00abc", b"abc", id="a long length"),
        pytest.param(
            b"\x08\x02\x10\x07\x1a\xc8\x01" + b"x" * 200, b"x" * 200, id="a length of two bytes"
        ),
    ],
)
def test_the_field_is_apart_and_the_message_has_the_rest(raw, field):
    message, found = parsed(raw)
    assert found == field
    assert (message.type, message.crc, message.data) == (2, 7, b"")


def test_it_is_a_view_of_what_was_given():
    raw = bytearray(b"\x08\x02\x1a\x03abc")
    field = parse_around(pb.walpb.Record(), memoryview(raw), DATA)
    raw[4] = ord("z")
    assert bytes(field) == b"zbc"


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(b"\x22\x03\x1a\x01x", id="bytes"),
        pytest.param(b"\x25\x00\x1a\x01x", id="four bytes"),
        pytest.param(b"\x21\x00\x1a\x01x\x1a\x01x\x00", id="eight bytes"),
        pytest.param(b"\x9a\x06\x03\x1a\x01x", id="a tag of two bytes"),
    ],
)
def test_behind_other_fields_it_is_left_to_protobuf(before):
    """What they hold may look like it."""
    raw = before + b"\x08\x02\x10\x07\x1a\x03abc"
    message, found = parsed(raw)
    assert found is None
    assert (message.type, message.crc, message.data) == (2, 7, b"abc")


@pytest.mark.parametrize("raw", [b"", b"\x08\x02", b"\x08\x02\x10\x07"])
def test_it_may_be_absent(raw):
    message, found = parsed(raw)
    assert found is None
    assert message == pb.walpb.Record.FromString(raw)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\x08", id="a number is missing"),
        pytest.param(b"\x08\xff", id="a number does not end"),
        pytest.param(b"\x1a", id="the length is missing"),
        pytest.param(b"\x1a\x83", id="the length does not end"),
        pytest.param(b"\x1a\x04abc", id="the field is longer than the message"),
        pytest.param(b"\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", id="an endless length"),
        pytest.param(b"\x1a\x03abc\x08", id="what follows does not end"),
    ],
)
def test_what_is_no_message_is_refused(raw):
    with pytest.raises(DecodeError):
        parsed(raw)
