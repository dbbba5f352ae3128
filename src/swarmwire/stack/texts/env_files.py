"""Files of environment variables: ``NAME=value`` or ``NAME`` on each line.

Source: docker/cli pkg/kvfile/kvfile.go.
"""

from collections.abc import Mapping
from typing import Final

from swarmwire.rules.go_text import WHITE_SPACE

_LONGEST_LINE: Final = 65_535


def parse_env_file(data: bytes, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of a file; those without a value come from the environment, if it has them.

    Raises:
        ValueError: not such a file; the text is docker's, without the values of variables.
    """
    variables = {}
    for number, raw in enumerate(_lines(data), 1):
        line = _text(raw, number)
        if not line or line[0] == "#":
            continue
        name, has_value, value = line.partition("=")
        if not name:
            raise ValueError(f"no variable name on line {number}")
        if " " in name or "\t" in name:
            raise ValueError(f"variable '{name}' contains whitespaces")
        if has_value:
            variables[name] = value
        elif line in environment:
            variables[name] = environment[line]
    return variables


def _lines(data: bytes) -> list[bytes]:
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix(b"\r") for line in lines]


def _text(raw: bytes, number: int) -> str:
    if len(raw) > _LONGEST_LINE:
        raise ValueError("bufio.Scanner: token too long")
    try:
        line = raw.decode()
    except UnicodeDecodeError:
        raise ValueError(f"invalid utf8 bytes at line {number}") from None
    if number == 1:
        line = line.removeprefix("\ufeff")
    return line.lstrip(WHITE_SPACE)
