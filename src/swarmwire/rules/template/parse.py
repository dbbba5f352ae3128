"""The parser of Go's text/template: items to trees.

Source: Go 1.26, text/template/parse/parse.go. Go follows 10,000 parentheses and any number of
blocks; Python's stack does not bear that, so that what nests deeper than ``MAX_DEPTH`` is given up.
"""

from collections.abc import Iterator
from typing import Literal, TypeGuard

from swarmwire.rules.go_text import WHITE_SPACE, quote
from swarmwire.rules.template import nodes
from swarmwire.rules.template.functions import SIGNATURES
from swarmwire.rules.template.lex import Item, Lookahead, lex
from swarmwire.rules.template.nodes import NAME, LiteralError
from swarmwire.rules.template.values import MAX_DEPTH, TooDeepError

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
        TooDeepError: it nests deeper than we follow.
    """
    trees: Trees = {}
    _Tree(NAME, iter(lex(text)), trees).parse()
    return trees


class _Tree(Lookahead):
    """One template being parsed. Templates defined inside it share its items and trees."""

    def __init__(self, name: str, items: Iterator[Item], trees: Trees, depth: int = 0) -> None:
        super().__init__(items)
        self.name = name
        self.root: nodes.Block | None = None
        self._trees = trees
        self._vars = ["$"]
        self._range_depth = 0
        self._depth = depth

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeepError

    def _unquote(self, literal: str) -> str:
        try:
            return nodes.unquote(literal)
        except LiteralError as err:
            self._fail(str(err))

    # trees

    def _add(self) -> None:
        known = self._trees.get(self.name)
        root = self.root or nodes.Block(0)
        if known is None or _is_empty(known):
            self._trees[self.name] = root
        elif not _is_empty(root):
            self._fail(f"template: multiple definition of template {quote(self.name)}")

    def parse(self) -> None:
        self.root = nodes.Block(self._peek().pos)
        while self._peek().kind != "EOF":
            if self._peek().kind == "left delim":
                delim = self._next()
                if self._next_word().kind == "define":
                    _Tree("definition", self._items, self._trees).definition()
                    continue
                self._token[1] = delim
                self._peeked = 2
            node = self._text_or_action()
            if _ends(node):
                self._fail(f"unexpected {node}")
            self.root.nodes.append(node)
        self._add()

    def definition(self) -> None:
        context = "define clause"
        name = self._expect(context, "string", "raw string")
        self.name = self._unquote(name.text)
        self._expect(context, "right delim")
        self.root, end = self._block()
        if end.kind != "end":
            self._fail(f"unexpected {end} in {context}")
        self._add()

    def _block(self) -> tuple[nodes.Block, nodes.Word]:
        block = nodes.Block(self._peek_word().pos)
        while self._peek_word().kind != "EOF":
            node = self._text_or_action()
            if _ends(node):
                return block, node
            block.nodes.append(node)
        raise self._error("unexpected EOF")

    def _text_or_action(self) -> nodes.Node:
        item = self._next_word()
        if item.kind == "text":
            return nodes.Text(item.pos, item.text)
        if item.kind != "left delim":
            self._unexpected(item, "input")
        self._action_line = item.line
        node = self._action()
        self._action_line = 0
        return node

    # actions

    def _action(self) -> nodes.Node:
        item = self._next_word()
        match item.kind:
            case "if" | "range" | "with":
                return self._branch(item.kind)
            case "block" | "template":
                return self._call(item.kind)
            case "break" | "continue":
                return self._jump(item, item.kind)
            case "else":
                return self._else()
            case "end":
                return nodes.Word(self._expect("end", "right delim").pos, "end", "{{end}}")
        self._backup()
        pos = self._peek().pos
        return nodes.Action(pos, self._pipeline("command", "right delim"))

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

    def _branch(self, kind: Literal["if", "range", "with"]) -> nodes.Branch:
        known = len(self._vars)
        self._deeper()
        pipe = self._pipeline(kind, "right delim")
        self._range_depth += kind == "range"
        body, end = self._block()
        self._range_depth -= kind == "range"
        otherwise = None
        if end.kind == "else":
            otherwise = self._otherwise(kind, end)
        self._depth -= 1
        del self._vars[known:]
        return nodes.Branch(pipe.pos, kind, pipe, body, otherwise)

    def _otherwise(self, kind: Literal["if", "range", "with"], found: nodes.Word) -> nodes.Block:
        if kind != "range" and self._peek().kind == kind:
            # {{else if}} is an {{if}} inside the {{else}} that shares its {{end}}
            self._next()
            return nodes.Block(found.pos, [self._branch(kind)])
        block, end = self._block()
        if end.kind != "end":
            self._fail(f"expected end; found {end}")
        return block

    def _call(self, kind: Literal["block", "template"]) -> nodes.Call:
        context = f"{kind} clause"
        item = self._expect(context, "string", "raw string")
        name = self._unquote(item.text)
        pipe = None
        if kind == "block":
            pipe = self._pipeline(context, "right delim")
            self._deeper()
            _Tree(name, self._items, self._trees, self._depth).block(context, self)
            self._depth -= 1
        elif self._next_word().kind != "right delim":
            self._backup()
            pipe = self._pipeline(context, "right delim")
        return nodes.Call(item.pos, name, pipe)

    def block(self, context: str, outer: "_Tree") -> None:
        self.root, end = self._block()
        if end.kind != "end":
            outer._fail(f"unexpected {end} in {context}")  # noqa: SLF001 - the same class
        self._add()

    # pipelines

    def _pipeline(self, context: str, end: str) -> nodes.Pipe:
        pipe = nodes.Pipe(self._peek_word().pos)
        while self._declaration(pipe, context):
            pass
        while (item := self._next_word()).kind != end:
            if item.kind not in _OPERANDS:
                self._unexpected(item, context)
            self._backup()
            pipe.commands.append(self._command())
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

    def _command(self) -> nodes.Command:
        command = nodes.Command(self._peek_word().pos)
        while True:
            self._peek_word()
            operand = self._operand()
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

    def _operand(self) -> nodes.Node | None:
        node = self._term()
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
        raise self._error(f"unexpected . after term {quote(str(node))}")

    def _term(self) -> nodes.Node | None:
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
                return self._parentheses()
        self._backup()
        return None

    def _parentheses(self) -> nodes.Pipe:
        self._deeper()
        pipe = self._pipeline("parenthesized pipeline", "right paren")
        self._depth -= 1
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
                return nodes.Number(item.pos, item.text, nodes.char_value(item.text))
            if item.kind == "complex":
                return nodes.Number(item.pos, item.text, nodes.complex_number(item.text))
            return nodes.Number(item.pos, item.text, *nodes.number(item.text))
        except LiteralError as err:
            self._fail(str(err))


def _ends(node: nodes.Node) -> TypeGuard[nodes.Word]:
    return isinstance(node, nodes.Word) and node.kind in ("else", "end")


def _is_identifier(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Word) and node.kind == "identifier"


def _is_empty(block: nodes.Block) -> bool:
    return all(
        isinstance(node, nodes.Text) and not node.text.strip(WHITE_SPACE) for node in block.nodes
    )
