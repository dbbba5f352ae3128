"""The text of a file as nodes: what a YAML parser sees, before any meaning.

Work is bounded: the docker command reads whatever fits into memory; we stop at sizes that no stack
file has. Only the first document of a file is read, as the docker command does.
"""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from swarmwire.errors import StackError
from swarmwire.stack.places import Place
from swarmwire.stack.yaml.scalars import MERGE, STR, resolve, short_tag

LARGEST_FILE: Final = 16 * 2**20
"""Bytes of one file."""

MOST_NODES: Final = 200_000
"""Keys and values of one file, those that aliases repeat counted each time."""

DEEPEST: Final = 100
"""How deep lists and mappings may stand in each other."""

# libyaml is what go-yaml was ported from. Without it PyYAML's own parser does the same, slower.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Node:
    """One node: a scalar, a sequence, a mapping (keys and values in turn) or an alias."""

    __slots__ = ("anchor", "children", "kind", "place", "tag", "target", "text")

    def __init__(self, kind: str, tag: str, text: str, place: Place, anchor: str | None) -> None:
        self.kind = kind
        self.tag = tag
        self.text = text
        self.place = place
        self.anchor = anchor
        self.children: list[Node] = []
        self.target: Node | None = None

    @property
    def short_tag(self) -> str:
        """The tag that says what the node is, whether or not it stands in the file."""
        if self.kind == "alias" and self.target is not None:
            return self.target.short_tag
        if self.kind != "scalar" or self.tag:
            return self.tag
        return resolve("", self.text)[0]

    @property
    def is_merge(self) -> bool:
        """Whether this key merges other mappings into its own."""
        return self.kind == "scalar" and self.text == "<<" and self.tag in {"", MERGE}


def parse_error(reason: str, place: Place) -> StackError:
    """A file that is no YAML, or more of it than we read."""
    return StackError("parse", reason, file=place.file, line=place.line, column=place.column)


def parse(file: str, text: str | bytes) -> tuple[Node | None, Place | None]:
    """The first document of a file, and where a second one begins.

    Raises:
        StackError: not YAML, or too large.
    """
    start = Place(file, 1, 1)
    loader = None
    try:
        # The parser holds an open C object: it is made and disposed of here.
        loader = _Loader(_decoded(text, start))
        return _Composer(file, loader).document()
    except yaml.MarkedYAMLError as err:
        raise _syntax_error(err, start) from None
    except yaml.reader.ReaderError as err:
        raise parse_error(f"yaml: {err.reason}", _position(file, text, err.position)) from None
    finally:
        if loader is not None:
            loader.dispose()


def _syntax_error(err: yaml.MarkedYAMLError, start: Place) -> StackError:
    mark = err.problem_mark or err.context_mark
    place = start if mark is None else Place(start.file, mark.line + 1, mark.column + 1)
    # go-yaml tells the line where the construct begins, and counts from 0 in its parser.
    marks = [one.line for one in (err.context_mark, err.problem_mark) if one is not None]
    line = next((one for one in marks if one), 0)
    told = line + isinstance(err, yaml.scanner.ScannerError)
    where = f"line {told}: " if line else ""
    return parse_error(f"yaml: {where}{err.problem or err.context}", place)


def _decoded(text: str | bytes, place: Place) -> str:
    if len(text) > LARGEST_FILE:
        raise parse_error(f"the file is larger than {LARGEST_FILE // 2**20} MiB", place)
    try:
        if isinstance(text, str):
            text.encode()
            return text
        encoding = "utf-16" if text[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
        return text.decode(encoding)
    except UnicodeEncodeError as err:
        raise parse_error(
            "yaml: invalid Unicode character", _at(place.file, text, err.start)
        ) from None
    except UnicodeDecodeError as err:
        before = err.object[: err.start].decode(encoding, "replace")
        reason = f"yaml: the file is neither UTF-8 nor UTF-16: {err.reason}"
        raise parse_error(reason, _at(place.file, before, len(before))) from None


def _position(file: str, text: str | bytes, position: int) -> Place:
    # The parser counts bytes where it reads bytes, and characters where it reads text.
    data = text if isinstance(text, bytes) else text.encode()
    before = data[:position].decode("utf-8", "replace")
    return _at(file, before, len(before))


def _at(file: str, text: str | bytes, offset: int) -> Place:
    before = str(text[:offset])
    return Place(file, before.count("\n") + 1, offset - before.rfind("\n"))


class _Composer:
    """Makes nodes of a parser's events, without recursion."""

    def __init__(self, file: str, loader: Any) -> None:
        self._file = file
        self._loader = loader
        self._anchors: dict[str, Node] = {}
        self._count = 0

    def document(self) -> tuple[Node | None, Place | None]:
        self._loader.get_event()
        start = self._loader.get_event()
        if not isinstance(start, yaml.DocumentStartEvent):
            return None, None
        if start.version not in {None, (1, 1)}:
            raise parse_error("yaml: found incompatible YAML document", self._place(start))
        root = self._root()
        return root, self._second()

    def _root(self) -> Node:
        holder = Node("sequence", "", "", Place(self._file, 1, 1), None)
        open_nodes = [holder]
        for event in self._events():
            if isinstance(event, yaml.CollectionEndEvent):
                open_nodes.pop()
            else:
                node = self._node(event)
                open_nodes[-1].children.append(node)
                if node.kind in {"sequence", "mapping"}:
                    open_nodes.append(node)
                    if len(open_nodes) > DEEPEST:
                        raise parse_error(f"more than {DEEPEST} levels deep", node.place)
            if len(open_nodes) == 1:
                break
        return holder.children[0]

    def _events(self) -> Iterator[Any]:
        while True:
            yield self._loader.get_event()

    def _second(self) -> Place | None:
        """Where what follows the first document begins; it is never read."""
        try:
            self._loader.get_event()
            event = self._loader.get_event()
        except yaml.YAMLError:
            return Place(self._file, 0, 0)
        return self._place(event) if isinstance(event, yaml.DocumentStartEvent) else None

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any) -> Node:
        place = self._place(event)
        self._count += 1
        if self._count > MOST_NODES:
            raise parse_error(f"the file has more than {MOST_NODES} keys and values", place)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), place)
        node = _node(event, place)
        if node.anchor is not None:
            self._anchors[node.anchor] = node
        return node

    def _alias(self, anchor: str, place: Place) -> Node:
        node = Node("alias", "", anchor, place, None)
        node.target = self._anchors.get(anchor)
        if node.target is None:
            raise parse_error(f"yaml: unknown anchor '{anchor}' referenced", place)
        return node


def _node(event: Any, place: Place) -> Node:
    given = "" if event.tag in {None, "!"} else short_tag(event.tag)
    if isinstance(event, yaml.ScalarEvent):
        quoted = event.style in {"'", '"', "|", ">"}
        return Node("scalar", given or (STR if quoted else ""), event.value, place, event.anchor)
    if isinstance(event, yaml.SequenceStartEvent):
        return Node("sequence", given or "!!seq", "", place, event.anchor)
    return Node("mapping", given or "!!map", "", place, event.anchor)
