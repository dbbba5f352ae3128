"""YAML as go-yaml writes it: two spaces, keys in its order, quotes where it sets them.

Source: go.yaml.in/yaml/v3 encode.go and sorter.go.
"""

import re
from functools import cmp_to_key
from itertools import takewhile
from posixpath import commonprefix
from typing import Any, Final

import yaml
from yaml.emitter import Emitter
from yaml.resolver import BaseResolver
from yaml.serializer import Serializer

from swarmwire.stack.texts.go_values import sprint
from swarmwire.stack.yaml.scalars import STR, TagError, resolve
from swarmwire.stack.yaml.timestamps import Timestamp

_OLD_BOOLEANS: Final = frozenset(
    variant
    for word in ("y", "yes", "on", "n", "no", "off")
    for variant in (word, word.capitalize(), word.upper())
)
_BASE_60: Final = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_WIDEST: Final = 2**31
_TAG: Final = BaseResolver.DEFAULT_SCALAR_TAG


class _Writer(Emitter, Serializer, BaseResolver):
    """Writes nodes; which scalar is quoted, the nodes say."""

    def __init__(self, stream: Any) -> None:
        Emitter.__init__(self, stream, indent=2, width=_WIDEST, allow_unicode=True)
        Serializer.__init__(self)
        BaseResolver.__init__(self)

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        """Indent lists in mappings, too."""
        super().increase_indent(flow, False)


class _Sink:
    """Takes what is written."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def write(self, text: str) -> None:
        """Take one more piece."""
        self.pieces.append(text)


def write_yaml(value: Any) -> str:
    """A value as YAML. Mappings keep their order: see ``in_order``."""
    sink = _Sink()
    writer = _Writer(sink)
    writer.open()
    writer.serialize(_node(value))
    writer.close()
    return "".join(sink.pieces)


def in_order(mapping: dict[Any, Any]) -> dict[Any, Any]:
    """A mapping whose keys are names, in the order in which go-yaml writes them."""
    return {key: mapping[key] for key in sorted(mapping, key=cmp_to_key(_compared))}


def _compared(one: Any, other: Any) -> int:
    """Numbers within texts count as numbers, and other signs stand before letters."""
    a, b = sprint(one), sprint(other)
    at = len(commonprefix([a, b]))
    if at in (len(a), len(b)):
        return len(a) - len(b)
    letters = a[at].isalpha(), b[at].isalpha()
    if all(letters):
        return -1 if a[at] < b[at] else 1
    if any(letters):
        follows_digit = at > 0 and a[at - 1].isdecimal()
        return -1 if letters[0] == follows_digit else 1
    numbers = _number(a, at), _number(b, at)
    if numbers[0] != numbers[1]:
        return -1 if numbers[0] < numbers[1] else 1
    return -1 if a[at] < b[at] else 1


def _number(text: str, at: int) -> int:
    digits = "".join(takewhile(str.isdecimal, text[at:]))
    before = "".join(takewhile(str.isdecimal, reversed(text[:at])))
    return int((("1" if before.strip("0") else "") + digits) or "0")


def _node(value: Any) -> yaml.Node:
    if isinstance(value, dict):
        pairs = [(_node(key), _node(entry)) for key, entry in value.items()]
        return yaml.MappingNode(BaseResolver.DEFAULT_MAPPING_TAG, pairs, flow_style=not pairs)
    if isinstance(value, list):
        entries = [_node(entry) for entry in value]
        return yaml.SequenceNode(BaseResolver.DEFAULT_SEQUENCE_TAG, entries, flow_style=not entries)
    if isinstance(value, str):
        return yaml.ScalarNode(_TAG, value, style=_style(value))
    return yaml.ScalarNode(_TAG, _plain(value))


def _plain(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Timestamp):
        return str(value)
    return sprint(value)


def _style(text: str) -> str | None:
    if "\n" in text:
        return "|"
    try:
        is_text = bool(text) and resolve("", text)[0] == STR
    except TagError:
        is_text = False
    plain = is_text and text not in _OLD_BOOLEANS and not _BASE_60.fullmatch(text)
    return None if plain else '"'
