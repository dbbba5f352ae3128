"""The parser's view of the items: three of them ahead, and the line for its messages.

Source: Go 1.26, text/template/parse/parse.go.
"""

from collections.abc import Iterator
from typing import NoReturn

from swarmwire.rules.template.errors import TemplateError
from swarmwire.rules.template.lex import Item
from swarmwire.rules.template.literal import LiteralError, unquote

NAME = "expansion"
"""The name that SwarmKit gives to every template."""


class Lookahead:
    """Items that can be put back, and what the parser says of them."""

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        # as Go: the line of the first one, which is the last one read, goes into every message
        self._token = [Item("EOF", 0, "", 0)] * 3
        self._peeked = 0
        self._action_line = 0

    # items

    def _next(self) -> Item:
        if self._peeked:
            self._peeked -= 1
        else:
            self._token[0] = next(self._items)
        return self._token[self._peeked]

    def _backup(self) -> None:
        self._peeked += 1

    def _peek(self) -> Item:
        item = self._next()
        self._peeked += 1
        return item

    def _next_word(self) -> Item:
        item = self._next()
        while item.kind == "space":
            item = self._next()
        return item

    def _peek_word(self) -> Item:
        item = self._next_word()
        self._backup()
        return item

    def _expect(self, context: str, *kinds: str) -> Item:
        item = self._next_word()
        if item.kind not in kinds:
            self._unexpected(item, context)
        return item

    # errors

    def _fail(self, reason: str) -> NoReturn:
        raise TemplateError(f"template: {NAME}:{self._token[0].line}: {reason}")

    def _unexpected(self, item: Item, context: str) -> NoReturn:
        if item.kind != "error":
            self._fail(f"unexpected {item} in {context}")
        started = ""
        if self._action_line not in (0, item.line):
            started = f" in action started at {NAME}:{self._action_line}"
            if item.text.endswith(" action"):
                started = started.removeprefix(" in action")
        self._fail(f"{item}{started}")

    def _unquote(self, literal: str) -> str:
        try:
            return unquote(literal)
        except LiteralError as err:
            self._fail(str(err))
