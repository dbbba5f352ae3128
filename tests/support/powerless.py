"""Root that has to ask for permission like everybody: without the capabilities to pass over it."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION_3 = 0x20080522
_PASS_OVER = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def powerless() -> Iterator[None]:
    """This thread may read and write only what modes and owners let it."""
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = _Header(_VERSION_3, 0), (_Data * 2)()

    def call(name: str) -> None:
        if getattr(libc, name)(ctypes.byref(header), ctypes.byref(data)):
            raise OSError(ctypes.get_errno(), name)

    call("capget")
    before = data[0].effective
    data[0].effective = before & ~_PASS_OVER
    call("capset")
    try:
        yield
    finally:
        data[0].effective = before
        call("capset")


def powerless_command() -> list[str]:
    """What to put in front of a command so that it runs so, too."""
    dropped = "-dac_override,-dac_read_search"
    return ["setpriv", f"--bounding-set={dropped}"] if os.geteuid() == 0 else []
