"""Bytes that nobody is to see by accident. Pure."""


class Hidden(bytes):
    """Bytes whose repr tells their number only: keys, and files with keys in them.

    Debuggers, loggers and test runners show the locals of a traceback by their repr.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    __str__ = __repr__
