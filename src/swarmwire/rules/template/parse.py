"""The parser of Go's text/template: items to trees.

Source: Go 1.26, text/template/parse/parse.go. Each method that may nest is a coroutine for
``trampoline.run``; ``yield self.pipeline(…)`` reads as a call.
"""

from collections.abc import Iterator
from typing import Literal

from swarmwire.rules.go_text import WHITE_SPACE, quote
from swarmwire.rules.template import nodes
from swarmwire.rules.template.functions import SIGNATURES
from swarmwire.rules.template.lex import Item, lex
from swarmwire.rules.template.literal import (
    LiteralError,
    char_value,
    complex_number,
    number,
)
from swarmwire.rules.template.lookahead import NAME, Lookahead
from swarmwire.rules.template.trampoline import Steps, run

_MAX_DEPTH = 10_000
_MAX_COMMANDS = 100_000
_OPERANDS = frozenset(
    {
        *("bool", "char constant", "complex", "dot", "field", "identifier", "number", "nil"),
        *("raw string", "string", "variable", "left paren"),
    }
)
_NOT_EXECUTABLE = ("bool", "dot", "nil")

Trees = dict[str, nodes.Block]


def parse(text: str) -> Trees:
    """The trees of a template and of the templates that it defines, by name.

    Raises:
        TemplateError: Go cannot read it.
    """
    trees: Trees = {}
    tree = _Tree(NAME, iter(lex(text)), trees)
    run(tree.parse())
    return trees


class _Tree(Lookahead):
    """One template being parsed. Templates defined inside it share its items and trees."""

    def __init__(self, name: str, items: Iterator[Item], trees: Trees) -> None:
        super().__init__(items)
        self.name = name
        self.root: nodes.Block | None = None
        self._trees = trees
        self._vars = ["$"]
        self._range_depth = 0
        self._paren_depth = 0

    # trees

    def _add(self) -> None:
        known = self._trees.get(self.name)
        root = self.root or nodes.Block(0)
        if known is None or _is_empty(known):
            self._trees[self.name] = root
        elif not _is_empty(root):
            self._fail(f"template: multiple definition of template {quote(self.name)}")

    def parse(self) -> Steps[None]:
        self.root = nodes.Block(self._peek().pos)
        while self._peek().kind != "EOF":
            if self._peek().kind == "left delim":
                delim = self._next()
                if self._next_word().kind == "define":
                    tree = _Tree("definition", self._items, self._trees)
                    yield tree.definition()
                    continue
                self._token[1] = delim
                self._peeked = 2
            node = yield self._text_or_action()
            if _ends(node):
                self._fail(f"unexpected {node}")
            self.root.nodes.append(node)
        self._add()

    def definition(self) -> Steps[None]:
        context = "define clause"
        name = self._expect(context, "string", "raw string")
        self.name = self._unquote(name.text)
        self._expect(context, "right delim")
        self.root, end = yield self._block()
        if end.kind != "end":
            self._fail(f"unexpected {end} in {context}")
        self._add()

    def _block(self) -> Steps[tuple[nodes.Block, nodes.Word]]:
        block = nodes.Block(self._peek_word().pos)
        while self._peek_word().kind != "EOF":
            node = yield self._text_or_action()
            if _ends(node):
                return block, node
            block.nodes.append(node)
        self._fail("unexpected EOF")

    def _text_or_action(self) -> Steps[nodes.Node]:
        item = self._next_word()
        if item.kind == "text":
            return nodes.Text(item.pos, item.text)
        if item.kind != "left delim":
            self._unexpected(item, "input")
        self._action_line = item.line
        node: nodes.Node = yield self._action()
        self._action_line = 0
        return node

    # actions

    def _action(self) -> Steps[nodes.Node]:
        item = self._next_word()
        match item.kind:
            case "if" | "range" | "with":
                node: nodes.Node = yield self._branch(item.kind)
                return node
            case "block" | "template":
                node = yield self._call(item.kind)
                return node
            case "break" | "continue":
                return self._jump(item, item.kind)
            case "else":
                return self._else()
            case "end":
                return nodes.Word(self._expect("end", "right delim").pos, "end", "{{end}}")
        self._backup()
        pos = self._peek().pos
        return nodes.Action(pos, (yield self._pipeline("command", "right delim")))

    def _jump(self, item: Item, kind: Literal["break", "continue"]) -> nodes.Word:
        text = f"{{{{{kind}}}}}"
        self._expect(text, "right delim")
        if not self._range_depth:
            self._fail(f"{text} outside {{{{range}}}}")
        return nodes.Word(item.pos, kind, text)

    def _else(self) -> nodes.Word:
        item = self._peek_word()
        if item.kind not in ("if", "with"):
            item = self._expect("else", "right delim")
        return nodes.Word(item.pos, "else", "{{else}}")

    def _branch(self, kind: Literal["if", "range", "with"]) -> Steps[nodes.Branch]:
        known = len(self._vars)
        pipe = yield self._pipeline(kind, "right delim")
        self._range_depth += kind == "range"
        body, end = yield self._block()
        self._range_depth -= kind == "range"
        otherwise = None
        if end.kind == "else":
            otherwise = yield self._otherwise(kind, end)
        del self._vars[known:]
        return nodes.Branch(pipe.pos, kind, pipe, body, otherwise)

    def _otherwise(
        self, kind: Literal["if", "range", "with"], found: nodes.Word
    ) -> Steps[nodes.Block]:
        if kind != "range" and self._peek().kind == kind:
            # {{else if}} is an {{if}} inside the {{else}} that shares its {{end}}
            self._next()
            return nodes.Block(found.pos, [(yield self._branch(kind))])
        block, end = yield self._block()
        if end.kind != "end":
            self._fail(f"expected end; found {end}")
        result: nodes.Block = block
        return result

    def _call(self, kind: Literal["block", "template"]) -> Steps[nodes.Call]:
        context = f"{kind} clause"
        item = self._expect(context, "string", "raw string")
        name = self._unquote(item.text)
        pipe = None
        if kind == "block":
            pipe = yield self._pipeline(context, "right delim")
            tree = _Tree(name, self._items, self._trees)
            yield tree.block(context, self)
        elif self._next_word().kind != "right delim":
            self._backup()
            pipe = yield self._pipeline(context, "right delim")
        return nodes.Call(item.pos, name, pipe)

    def block(self, context: str, outer: "_Tree") -> Steps[None]:
        self.root, end = yield self._block()
        if end.kind != "end":
            outer._fail(f"unexpected {end} in {context}")  # noqa: SLF001 - the same class
        self._add()

    # pipelines

    def _pipeline(self, context: str, end: str) -> Steps[nodes.Pipe]:
        pipe = nodes.Pipe(self._peek_word().pos)
        while self._declaration(pipe, context):
            pass
        while (item := self._next_word()).kind != end:
            if item.kind not in _OPERANDS:
                self._unexpected(item, context)
            self._backup()
            pipe.commands.append((yield self._command()))
            if len(pipe.commands) > _MAX_COMMANDS:
                self._fail("pipeline too long")
        self._check(pipe, context)
        return pipe

    def _declaration(self, pipe: nodes.Pipe, context: str) -> bool:
        """Read a variable to be set, if there is one; whether another one follows."""
        item = self._peek_word()
        if item.kind != "variable":
            return False
        self._next()
        following = self._peek()
        word = self._peek_word()
        if word.kind in ("assign", "declare"):
            pipe.assigns = word.kind == "assign"
            self._declare(pipe, item)
            return False
        if word.kind == "char" and word.text == ",":
            self._declare(pipe, item)
            if context != "range" or len(pipe.variables) > 1:
                self._fail(f"too many declarations in {context}")
            if self._peek_word().kind not in ("variable", "right delim", "right paren"):
                self._fail("range can only initialize variables")
            return True
        if following.kind == "space":
            self._token[1:] = following, item
            self._peeked = 3
        else:
            self._token[1] = item
            self._peeked = 2
        return False

    def _declare(self, pipe: nodes.Pipe, item: Item) -> None:
        self._next_word()
        pipe.variables.append(nodes.Variable(item.pos, item.text.split(".")))
        self._vars.append(item.text)

    def _check(self, pipe: nodes.Pipe, context: str) -> None:
        if not pipe.commands:
            self._fail(f"missing value for {context}")
        for stage, command in enumerate(pipe.commands[1:], 2):
            first = command.args[0]
            constant = isinstance(first, nodes.Number | nodes.String) or (
                isinstance(first, nodes.Word) and first.kind in _NOT_EXECUTABLE
            )
            if constant:
                self._fail(f"non executable command in pipeline stage {stage}")

    def _command(self) -> Steps[nodes.Command]:
        command = nodes.Command(self._peek_word().pos)
        while True:
            self._peek_word()
            operand = yield self._operand()
            if operand is not None:
                command.args.append(operand)
            item = self._next()
            if item.kind != "space":
                break
        if item.kind in ("right delim", "right paren"):
            self._backup()
        elif item.kind != "pipe":
            self._unexpected(item, "operand")
        return command

    def _operand(self) -> Steps[nodes.Node | None]:
        node: nodes.Node | None = yield self._term()
        if node is None or self._peek().kind != "field":
            return node
        pos = self._peek().pos
        names = []
        while self._peek().kind == "field":
            names.append(self._next().text[1:])
        if isinstance(node, nodes.Field):
            return nodes.Field(pos, node.names + names)
        if isinstance(node, nodes.Variable):
            return nodes.Variable(pos, node.names + names)
        if isinstance(node, nodes.Pipe) or _is_identifier(node):
            return nodes.Chain(pos, node, names)
        self._fail(f"unexpected . after term {quote(str(node))}")

    def _term(self) -> Steps[nodes.Node | None]:
        item = self._next_word()
        match item.kind:
            case "identifier":
                return self._identifier(item)
            case "dot" | "nil" | "bool":
                return nodes.Word(item.pos, item.kind, item.text)
            case "variable":
                return self._variable(item)
            case "field":
                return nodes.Field(item.pos, [item.text[1:]])
            case "char constant" | "complex" | "number":
                return self._number(item)
            case "string" | "raw string":
                return nodes.String(item.pos, item.text, self._unquote(item.text))
            case "left paren":
                pipe: nodes.Pipe = yield self._parentheses()
                return pipe
        self._backup()
        return None

    def _parentheses(self) -> Steps[nodes.Pipe]:
        if self._paren_depth >= _MAX_DEPTH:
            self._fail("max expression depth exceeded")
        self._paren_depth += 1
        pipe: nodes.Pipe = yield self._pipeline("parenthesized pipeline", "right paren")
        self._paren_depth -= 1
        return pipe

    def _identifier(self, item: Item) -> nodes.Word:
        if item.text not in SIGNATURES:
            self._fail(f"function {quote(item.text)} not defined")
        return nodes.Word(item.pos, "identifier", item.text)

    def _variable(self, item: Item) -> nodes.Variable:
        if item.text not in self._vars:
            self._fail(f"undefined variable {quote(item.text)}")
        return nodes.Variable(item.pos, [item.text])

    def _number(self, item: Item) -> nodes.Number:
        try:
            if item.kind == "char constant":
                return nodes.Number(item.pos, item.text, char_value(item.text))
            if item.kind == "complex":
                return nodes.Number(item.pos, item.text, complex_number(item.text))
            return nodes.Number(item.pos, item.text, *number(item.text))
        except LiteralError as err:
            self._fail(str(err))


def _ends(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Word) and node.kind in ("else", "end")


def _is_identifier(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Word) and node.kind == "identifier"


def _is_empty(block: nodes.Block) -> bool:
    return all(
        isinstance(node, nodes.Text) and not node.text.strip(WHITE_SPACE) for node in block.nodes
    )
