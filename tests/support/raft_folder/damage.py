"""What happens to files: each function changes one, at a place that the test names."""

import os
from pathlib import Path


def flip(path: Path, offset: int, mask: int = 0x10) -> None:
    """Turn bits of one byte."""
    data = bytearray(path.read_bytes())
    data[offset] ^= mask
    path.write_bytes(data)


def put(path: Path, offset: int, new: bytes) -> None:
    """Write over what is there."""
    data = bytearray(path.read_bytes())
    data[offset : offset + len(new)] = new
    path.write_bytes(data)


def zero(path: Path, start: int, end: int) -> None:
    """Fill with zeros."""
    put(path, start, bytes(end - start))


def insert(path: Path, offset: int, new: bytes) -> None:
    """Push in bytes."""
    data = path.read_bytes()
    path.write_bytes(data[:offset] + new + data[offset:])


def drop(path: Path, start: int, end: int) -> None:
    """Take out bytes."""
    data = path.read_bytes()
    path.write_bytes(data[:start] + data[end:])


def cut(path: Path, size: int) -> None:
    """Shorten."""
    os.truncate(path, size)
