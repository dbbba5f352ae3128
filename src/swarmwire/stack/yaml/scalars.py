"""What an unquoted scalar means: go-yaml's rules, which are neither YAML 1.1's nor 1.2's.

``yes`` is text, ``010`` and ``0o10`` are 8, ``08`` is the float 8, ``1_000`` is a number,
``2024-01-01`` a timestamp, ``12:30`` text.

Source: go.yaml.in/yaml/v3 resolve.go.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import Any, Final

from swarmwire.stack.yaml.timestamps import parse_timestamp

_PREFIX: Final = "tag:yaml.org,2002:"
STR, INT, FLOAT, BOOL, NULL = "!!str", "!!int", "!!float", "!!bool", "!!null"
TIMESTAMP, BINARY, MERGE = "!!timestamp", "!!binary", "!!merge"

_RESOLVABLE = frozenset({"", STR, BOOL, INT, FLOAT, NULL, TIMESTAMP})
_WORDS: Final[dict[str, tuple[str, Any]]] = {
    **dict.fromkeys(("true", "True", "TRUE"), (BOOL, True)),
    **dict.fromkeys(("false", "False", "FALSE"), (BOOL, False)),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), (NULL, None)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), (FLOAT, float("nan"))),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), (FLOAT, float("inf"))),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), (FLOAT, float("-inf"))),
    "<<": (MERGE, "<<"),
}
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASES = (
    (16, re.compile(r"[-+]?0[xX][0-9a-fA-F]+")),
    (2, re.compile(r"[-+]?0[bB][01]+")),
    (8, re.compile(r"[-+]?0[oO]?[0-7]+")),
    (10, re.compile(r"[-+]?(0|[1-9][0-9]*)")),
)
_LONGEST_NUMBER = 1100
"""Digits beyond which no text is a finite number that Go and Python would read alike."""


class TagError(Exception):
    """The scalar is not what its tag says. ``str`` of it is go-yaml's text."""


def short_tag(tag: str) -> str:
    """``tag:yaml.org,2002:str`` as ``!!str``."""
    return "!!" + tag.removeprefix(_PREFIX) if tag.startswith(_PREFIX) else tag


def resolve(tag: str, text: str) -> tuple[str, Any]:
    """The tag and the value of a scalar.

    Args:
        tag: its short tag, ``""`` if it has none; quoted text comes with ``!!str``.
        text: what stands in the file, without quotes.

    Raises:
        TagError: the text cannot be what the tag says.
    """
    if tag == BINARY:
        return STR, _binary(text)
    if tag not in _RESOLVABLE:
        return tag, text
    if tag == STR:
        return STR, text
    found, value = _WORDS.get(text) or _number(tag, text)
    if tag in {"", found}:
        return found, value
    if tag == FLOAT and found == INT:
        return FLOAT, float(value)
    shown = text if len(text) <= 40 else f"{text[:37]}..."
    raise TagError(f"cannot decode {found} `{shown}` as a {tag}")


def _binary(text: str) -> str:
    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (Base64Error, ValueError):
        raise TagError("!!binary value contains invalid base64 data") from None


def _number(tag: str, text: str) -> tuple[str, Any]:
    first = text[0]
    if first == ".":
        number = _float(text)
        return (STR, text) if number is None else (FLOAT, number)
    if first not in "+-0123456789":
        return STR, text
    if tag in {"", TIMESTAMP} and (timestamp := parse_timestamp(text)):
        return TIMESTAMP, timestamp
    digits = text.replace("_", "")
    whole = _whole(digits)
    if whole is not None:
        return INT, whole
    number = _float(digits)
    return (STR, text) if number is None else (FLOAT, number)


def _whole(text: str) -> int | None:
    if len(text) > _LONGEST_NUMBER:
        return None
    for base, pattern in _BASES:
        if pattern.fullmatch(text):
            number = _in_base(text, base)
            unsigned = text[0] not in "+-"
            if -(2**63) <= number < 2**63 or (unsigned and number < 2**64):
                return number
            return None
    return None


def _in_base(text: str, base: int) -> int:
    if base == 8:
        return int(text.lower().replace("o", ""), 8)
    return int(text, base)


def _float(text: str) -> float | None:
    if len(text) > _LONGEST_NUMBER or not _FLOAT.fullmatch(text):
        return None
    number = float(text)
    return None if number in {float("inf"), float("-inf")} else number
