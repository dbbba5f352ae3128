"""Stack files with what they refer to: read from disk or standard input, variables from files.

What the docker command reads, as it reads it: relative paths begin at the first file's folder.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from swarmwire.cli.exits import UNREADABLE, Stop, Unreadable, reason_of
from swarmwire.cli.reading.sources import STANDARD_INPUT

if TYPE_CHECKING:
    from swarmwire.stack import File, Stack

_LARGEST: Final = 64 * 2**20
"""No file of a stack is larger; what never ends is not read for ever."""


class StackInput(NamedTuple):
    """Stack files, and what they may refer to."""

    files: "list[File]"
    environment: Mapping[str, str]
    directory: str

    def load(self, *, with_images: bool = True) -> "Stack":
        """The stack; ``with_images`` as for ``stack.load``.

        Raises:
            StackError: what the docker command refuses.
        """
        from swarmwire.stack import load  # noqa: PLC0415 - needs a library that may be missing

        return load(
            self.files,
            environment=self.environment,
            read=read_file,
            directory=self.directory,
            with_images=with_images,
        )


def stack_input(
    names: tuple[str, ...], environment: Mapping[str, str], first: bytes | None = None
) -> StackInput:
    """The stack files of these names; ``-`` is standard input.

    Args:
        names: at least one.
        environment: the variables that the files may use.
        first: the text of the first file, if it is read already.

    Raises:
        Unreadable: a file cannot be read, or PyYAML is missing.
    """
    try:
        from swarmwire.stack import File  # noqa: PLC0415 - see StackInput.load
    except ModuleNotFoundError as err:
        if (err.name or "").partition(".")[0] != "yaml":
            raise
        reason = "stack files are read with pyyaml: pip install 'swarmwire[stack]'"
        raise Unreadable(reason) from err
    texts = [*([first] if first is not None else ())]
    texts += [_text(name) for name in names[len(texts) :]]
    shown = [STANDARD_INPUT if name == "-" else name for name in names]
    is_file = shown[0] != STANDARD_INPUT
    directory = os.path.abspath(os.path.dirname(names[0]) if is_file else "")  # noqa: PTH100, PTH120
    files = [File(name, text) for name, text in zip(shown, texts, strict=True)]
    return StackInput(files, environment, directory)


def environment_with(files: tuple[str, ...]) -> dict[str, str]:
    """The variables of the environment, over those of ``files``, later ones over earlier ones.

    Raises:
        Stop: a file cannot be read.
    """
    if not files:
        return dict(os.environ)
    from swarmwire.stack.texts.env_files import parse_env_file  # noqa: PLC0415

    found: dict[str, str] = {}
    for file in files:
        try:
            found |= parse_env_file(read_file(file), os.environ)
        except OSError as err:
            raise Stop(UNREADABLE, f"{file}: {reason_of(err)}") from err
        except ValueError as err:
            raise Stop(UNREADABLE, f"{file}: {err}") from err
    return found | dict(os.environ)


def read_file(path: str) -> bytes:
    """The contents of a file.

    Raises:
        OSError: as ``open``; also of a file that is larger than any of a stack.
    """
    with Path(path).open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(0, f"larger than {_LARGEST // 2**20} MiB", path)
    return data


def _text(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read(_LARGEST + 1) if name == "-" else read_file(name)
    except OSError as err:
        raise Unreadable(f"{name}: {reason_of(err)}") from err
