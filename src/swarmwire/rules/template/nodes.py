"""The parse tree of a template, and how Go writes a node in its messages.

Source: Go 1.26, text/template/parse/node.go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from swarmwire.rules.go_text import quote

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True, eq=False)
class Node:
    """Something at a place in the text."""

    pos: int

    def parts(self) -> Iterator[str | Node]:
        """The node in Go's notation: pieces of text, and nodes to be written in between.

        No message of Go's speaks of text, actions, blocks and branches, so that these have none.
        """
        raise NotImplementedError

    def __str__(self) -> str:
        """The node in Go's notation, however deep it is."""
        out: list[str] = []
        stack = [self.parts()]
        while stack:
            part = next(stack[-1], None)
            if part is None:
                stack.pop()
            elif isinstance(part, str):
                out.append(part)
            else:
                stack.append(part.parts())
        return "".join(out)


@dataclass(slots=True, eq=False)
class Word(Node):
    """A node that is one word of the text: an identifier, a dot, nil, true, an end."""

    kind: Literal["bool", "break", "continue", "dot", "else", "end", "identifier", "nil"]
    text: str

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        yield self.text


@dataclass(slots=True, eq=False)
class Text(Node):
    """Text between actions."""

    text: str


@dataclass(slots=True, eq=False)
class String(Node):
    """A string constant: as written, and what it means."""

    quoted: str
    text: str

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        yield self.quoted


@dataclass(slots=True, eq=False)
class Number(Node):
    """A number constant: as written, and its value, whose Python type tells Go's."""

    text: str
    value: int | float | complex
    overflows: bool = False

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        yield self.text


@dataclass(slots=True, eq=False)
class Field(Node):
    """``.A.B``."""

    names: list[str]

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        for name in self.names:
            yield f".{name}"


@dataclass(slots=True, eq=False)
class Variable(Node):
    """``$x.A.B``: the variable's name comes first."""

    names: list[str]

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        yield ".".join(self.names)


@dataclass(slots=True, eq=False)
class Chain(Node):
    """``(pipeline).A.B``."""

    node: Node
    names: list[str] = field(default_factory=list)

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        yield from _in_parentheses(self.node)
        for name in self.names:
            yield f".{name}"


@dataclass(slots=True, eq=False)
class Command(Node):
    """Words that stand between pipe symbols."""

    args: list[Node] = field(default_factory=list)

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        for index, arg in enumerate(self.args):
            if index:
                yield " "
            yield from _in_parentheses(arg)


@dataclass(slots=True, eq=False)
class Pipe(Node):
    """Commands joined by pipe symbols, and the variables that get the result."""

    assigns: bool = False
    variables: list[Variable] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        if self.variables:
            yield ", ".join(map(str, self.variables))
            yield " = " if self.assigns else " := "
        for index, command in enumerate(self.commands):
            if index:
                yield " | "
            yield command


@dataclass(slots=True, eq=False)
class Action(Node):
    """A pipeline whose result is printed."""

    pipe: Pipe


@dataclass(slots=True, eq=False)
class Block(Node):
    """A list of nodes."""

    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Branch(Node):
    """``if``, ``range`` or ``with``."""

    kind: Literal["if", "range", "with"]
    pipe: Pipe
    body: Block
    otherwise: Block | None


@dataclass(slots=True, eq=False)
class Call(Node):
    """``{{template "name" pipeline}}``."""

    name: str
    pipe: Pipe | None

    def parts(self) -> Iterator[str | Node]:  # noqa: D102 - as in Node
        yield f"{{{{template {quote(self.name)}"
        if self.pipe is not None:
            yield " "
            yield self.pipe
        yield "}}"


def _in_parentheses(node: Node) -> Iterator[str | Node]:
    if isinstance(node, Pipe):
        yield "("
        yield node
        yield ")"
    else:
        yield node
