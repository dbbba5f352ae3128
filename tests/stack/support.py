"""What the tests of stack files share: a folder in memory, ids made of names."""

import errno
import posixpath

from swarmwire import stack

DIRECTORY = "/stack"


class Ids(dict[str, str]):
    """Ids as they stand in the vectors: letters made from names."""

    def __init__(self, letter):
        super().__init__()
        self._letter = letter

    def __missing__(self, name):
        letters = "".join(char if char.isalnum() else "x" for char in name)
        return f"{self._letter}x{letters}".ljust(25, "0")[:25]


def folder(files):
    """``read`` over a folder in memory, with the errors of ``open``."""

    def read(path):
        inner = posixpath.relpath(path, DIRECTORY)
        if inner == ".":
            raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
        if inner not in files:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        content = files[inner]
        return content if isinstance(content, bytes) else content.encode()

    return read


def load(*texts, environment=None, files=None):
    """The stack of texts, which are files ``0.yml``, ``1.yml`` and so on."""
    return stack.load(
        [stack.File(f"{number}.yml", text) for number, text in enumerate(texts)],
        environment=environment or {},
        read=folder(files or {}),
        directory=DIRECTORY,
    )


def bodies(*texts, name="st", **around):
    """The bodies of texts."""
    loaded = load(*texts, **around)
    return stack.bodies(loaded, name, secret_ids=Ids("s"), config_ids=Ids("c"))


def service(*texts, **around):
    """The body of the service ``a`` of texts."""
    return bodies(*texts, **around).services["a"]
