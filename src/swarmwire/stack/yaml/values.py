"""YAML as go-yaml reads it into Go's maps: merge keys, aliases, keys that stand twice.

Source: go.yaml.in/yaml/v3 decode.go.
"""

from typing import Any

from swarmwire.errors import StackError, StackProblem
from swarmwire.rules.go_text import quote
from swarmwire.stack.places import GeneralMap, Located, Place
from swarmwire.stack.yaml.nodes import DEEPEST, MOST_NODES, Node, parse, parse_error
from swarmwire.stack.yaml.scalars import BINARY, MERGE, NULL, STR, TagError, resolve

_FREE_ALIASES = 100
_FREE_VALUES = 1000
_SMALL, _LARGE = 400_000, 4_000_000


def read_yaml(file: str, text: str | bytes) -> tuple[Located, Place | None]:
    """The mapping in a file, and where a second document begins, which nobody reads.

    Raises:
        StackError: not YAML, not a mapping, a key that stands twice, too large, too many aliases.
    """
    root, second = parse(file, text)
    if root is None:
        raise parse_error("top-level object must be a mapping", Place(file, 1, 1))
    reader = _Reader()
    located = reader.read(root, 1)
    if reader.duplicates:
        raise _duplicate_error(reader.duplicates)
    if not isinstance(located.value, dict) or isinstance(located.value, GeneralMap):
        raise parse_error("top-level object must be a mapping", root.place)
    return located, second


def _duplicate_error(problems: list[StackProblem]) -> StackError:
    reason = "yaml: unmarshal errors:\n" + "\n".join(f"  {one.reason}" for one in problems)
    return StackError.of("parse", reason, problems)


class _Reader:
    def __init__(self) -> None:
        self.duplicates: list[StackProblem] = []
        self._within: set[int] = set()
        self._values = 0
        self._aliased = 0
        self._alias_depth = 0

    def read(self, node: Node, level: int) -> Located:
        """The value of a node."""
        self._count(node, level)
        if node.kind == "alias":
            located: Located = self._alias(node, lambda target: self.read(target, level))
            return located
        if node.kind == "mapping":
            return self._mapping(node, level)
        if node.kind == "sequence":
            return Located([self.read(child, level + 1) for child in node.children], node.place)
        return Located(_scalar(node), node.place)

    def _count(self, node: Node, level: int) -> None:
        self._values += 1
        self._aliased += self._alias_depth > 0
        if level > DEEPEST:
            raise parse_error(f"more than {DEEPEST} levels deep", node.place)
        if self._values > MOST_NODES:
            reason = f"the file has more than {MOST_NODES} keys and values"
            raise parse_error(reason, node.place)
        if (
            self._aliased > _FREE_ALIASES
            and self._values > _FREE_VALUES
            and self._aliased / self._values > _allowed_aliases(self._values)
        ):
            raise parse_error("yaml: document contains excessive aliasing", node.place)

    def _alias(self, node: Node, read: Any) -> Any:
        if id(node) in self._within:
            raise parse_error(f"yaml: anchor '{node.text}' value contains itself", node.place)
        self._within.add(id(node))
        self._alias_depth += 1
        try:
            return read(node.target)
        finally:
            self._alias_depth -= 1
            self._within.discard(id(node))

    def _mapping(self, node: Node, level: int) -> Located:
        text_keys = all(key.short_tag in {STR, MERGE} for key in node.children[::2])
        entries: dict[Any, Located] = {} if text_keys else GeneralMap()
        self._fill(node, entries, None, level)
        return Located(entries, node.place)

    def _fill(
        self, node: Node, entries: dict[Any, Located], taken: set[Any] | None, level: int
    ) -> None:
        """Put the entries of a mapping into ``entries``, but those that others have ``taken``."""
        if self._has_duplicates(node):
            return
        merged = None
        for key_node, value_node in zip(node.children[::2], node.children[1::2], strict=True):
            if key_node.is_merge:
                merged = value_node
                continue
            if isinstance(entries, GeneralMap):
                key = self._any_key(key_node, level)
            elif (key := self._text_key(key_node, level)) is None:
                continue
            if taken is not None:
                if key in taken:
                    continue
                taken.add(key)
            entries[key] = self.read(value_node, level + 1).keyed(key_node.place)
        if merged is not None:
            taken = set(entries) if taken is None else taken
            for source in _sources(merged):
                self._merge(source, entries, taken, level)

    def _merge(
        self, source: Node, entries: dict[Any, Located], taken: set[Any], level: int
    ) -> None:
        self._count(source, level)
        if source.kind == "alias":
            self._alias(source, lambda target: self._merge(target, entries, taken, level + 1))
        else:
            self._fill(source, entries, taken, level)

    def _any_key(self, node: Node, level: int) -> Any:
        key = self.read(node, level + 1).value
        if isinstance(key, dict | list):
            raise parse_error("yaml: invalid map key", node.place)
        return key

    def _text_key(self, node: Node, level: int) -> str | None:
        """The key in a mapping whose keys are text: what stands in the file, null excepted."""
        self._count(node, level)
        if node.kind == "alias":
            key: str | None = self._alias(node, lambda target: self._text_key(target, level))
            return key
        if node.kind != "scalar":
            reason = f"yaml: unmarshal errors:\n  line {node.place.line}: cannot unmarshal "
            raise parse_error(f"{reason}{node.tag} into string", node.place)
        if node.tag == BINARY:
            return str(_scalar(node))
        return None if node.short_tag == NULL else node.text

    def _has_duplicates(self, node: Node) -> bool:
        first: dict[tuple[str, str], Node] = {}
        found = False
        for key in node.children[::2]:
            known = first.setdefault((key.kind, key.text), key)
            if known is not key:
                found = True
                self._duplicate(known, key)
        return found

    def _duplicate(self, known: Node, key: Node) -> None:
        lines = f"line {key.place.line}: ", f" already defined at line {known.place.line}"
        reason = f"{lines[0]}mapping key {quote(key.text)}{lines[1]}"
        self.duplicates.append(StackProblem(*key.place, "", reason))


def _scalar(node: Node) -> Any:
    try:
        return resolve(node.tag, node.text)[1]
    except TagError as err:
        raise parse_error(f"yaml: {err}", node.place) from None


def _sources(merged: Node) -> list[Node]:
    sources = merged.children if merged.kind == "sequence" else [merged]
    for source in sources:
        target = source.target if source.kind == "alias" else source
        if target is None or target.kind != "mapping":
            reason = "yaml: map merge requires map or sequence of maps as the value"
            raise parse_error(reason, source.place)
    return sources


def _allowed_aliases(values: int) -> float:
    """The share of values that may come from aliases: the larger a file, the less."""
    over = min(max(values - _SMALL, 0), _LARGE - _SMALL)
    return 0.99 - 0.89 * over / (_LARGE - _SMALL)
