"""Files that a stack file names: read by the caller's ``read``, with errors as Go writes them."""

from collections.abc import Callable
from typing import Final

from swarmwire.errors import StackError, StackStage
from swarmwire.stack.places import Located

Read = Callable[[str], bytes]
"""Gives the bytes of a path, or raises OSError as ``open`` does."""

_TEXTS: Final[tuple[tuple[type[OSError], str], ...]] = (
    (FileNotFoundError, "no such file or directory"),
    (NotADirectoryError, "not a directory"),
    (PermissionError, "permission denied"),
)


def read_file(
    read: Read, path: str, located: Located, stage: StackStage, *, folder: str = ""
) -> bytes:
    """The contents of a file.

    Args:
        read: gives the bytes of a path, or raises OSError as ``open`` does.
        path: the file.
        located: what names it in the stack file.
        stage: which step needs it.
        folder: what the docker command puts before the error if the path is a folder.

    Raises:
        StackError: it cannot be read; the reason is the docker command's.
    """
    try:
        return read(path)
    except IsADirectoryError:
        reason = f"{folder}read {path}: is a directory"
    except OSError as err:
        reason = f"open {path}: {_text(err)}"
    except ValueError as err:
        # A path with a NUL byte never reaches the system.
        reason = f"open {path!a}: {err}"
    raise StackError(stage, reason, **located.place._asdict())


def _text(err: OSError) -> str:
    for type_, text in _TEXTS:
        if isinstance(err, type_):
            return text
    text = err.strerror or "input/output error"
    return text[:1].lower() + text[1:]
