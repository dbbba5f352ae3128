"""Bytes that can be read anywhere, and the window through which readers look at them."""

import pytest

from swarmwire.raftstore.log import BytesLog, Window

CHUNK = 1 << 16


class Counted:
    """A log that remembers what was asked of it."""

    def __init__(self, data):
        self.log = BytesLog(data, "a log")
        self.name = self.log.name
        self.size = self.log.size
        self.asked = []

    def read_into(self, buffer, offset):
        self.asked.append((offset, len(buffer)))
        return self.log.read_into(buffer, offset)


def test_bytes_are_a_log():
    log = BytesLog(b"abcdef", "six bytes")
    buffer = bytearray(4)
    assert (log.name, log.size) == ("six bytes", 6)
    assert log.read_into(memoryview(buffer), 0) == 4
    assert bytes(buffer) == b"abcd"
    assert log.read_into(memoryview(buffer), 4) == 2
    assert bytes(buffer) == b"efcd"
    assert log.read_into(memoryview(buffer), 6) == 0


def test_it_does_not_show_them():
    assert "abc" not in repr(BytesLog(b"abc"))


@pytest.mark.parametrize(
    ("offset", "length", "found"),
    [(0, 6, b"abcdef"), (2, 3, b"cde"), (4, 5, b"ef"), (6, 1, b""), (9, 2, b""), (3, 0, b"")],
)
def test_a_window_gives_what_is_there(offset, length, found):
    assert bytes(Window(BytesLog(b"abcdef")).get(offset, length)) == found


def test_forth_and_back():
    window = Window(BytesLog(bytes(range(256)) * 1024))
    for offset in (5, 0, CHUNK, 3, 3 * CHUNK - 2, 2 * CHUNK + 1, 255):
        assert bytes(window.get(offset, 4)) == bytes((offset + each) % 256 for each in range(4))


def test_the_log_is_asked_for_large_pieces_once():
    log = Counted(bytes(2 * CHUNK))
    window = Window(log)
    for offset in range(0, 2 * CHUNK, 8):
        assert len(window.get(offset, 8)) == 8
    assert log.asked == [(0, CHUNK), (CHUNK, CHUNK)]


def test_what_reaches_behind_a_piece_is_asked_for_anew():
    log = Counted(bytes(range(256)) * 1024)
    window = Window(log)
    window.get(0, 8)
    assert bytes(window.get(CHUNK - 4, 8)) == bytes([252, 253, 254, 255, 0, 1, 2, 3])
    assert [offset for offset, _ in log.asked] == [0, CHUNK - 4]


def test_a_piece_may_be_larger_than_the_window():
    data = bytes(range(256)) * 1024
    log = Counted(data)
    window = Window(log)
    assert bytes(window.get(10, 3 * CHUNK)) == data[10 : 10 + 3 * CHUNK]
    assert log.asked == [(10, 3 * CHUNK)]
    assert bytes(window.get(11, CHUNK)) == data[11 : 11 + CHUNK]
    assert log.asked == [(10, 3 * CHUNK)]


def test_a_piece_is_never_larger_than_the_log():
    log = Counted(bytes(100))
    assert len(Window(log).get(40, 1 << 50)) == 60
