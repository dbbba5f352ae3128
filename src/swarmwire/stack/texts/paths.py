"""Paths on the machine that the docker command runs on, which may be Windows paths too.

Source: docker/cli cli/compose/loader/loader.go and windows_path.go.
"""

import posixpath
import re

_DRIVE = re.compile(r"[a-zA-Z]:[\\/]")
_SHARE = re.compile(r"[\\/]{2}[^\\/.][^\\/]*[\\/][^\\/.][^\\/]*[\\/]")


def absolute(directory: str, path: str) -> str:
    """The path as seen from a directory; an absolute path stays as it is."""
    if path.startswith("/"):
        return path
    joined = posixpath.normpath(posixpath.join(directory, path)) if path else directory
    cleaned = posixpath.normpath(joined or ".")
    # Go's Clean keeps no double slash at the beginning.
    return "/" + cleaned.lstrip("/") if cleaned.startswith("//") else cleaned


def is_absolute(path: str) -> bool:
    """Whether the path is absolute, here or on Windows."""
    return path.startswith("/") or bool(_DRIVE.match(path) or _SHARE.match(path))
