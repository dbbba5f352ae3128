"""The lexer of Go's text/template: text and actions to items, and the parser's view of them.

Source: Go 1.26, text/template/parse/lex.go and parse.go. Positions are indexes into the Python
string.
"""

from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from swarmwire.rules.go_text import is_digit, is_letter, is_printable, quote, unicode_name
from swarmwire.rules.template.nodes import NAME
from swarmwire.rules.template.values import LEFT, TemplateError

RIGHT = "}}"
KEYWORDS = frozenset(
    {
        *("block", "break", "continue", "define", "else", "end", "if"),
        *("nil", "range", "template", "with"),
    }
)

_SPACES = " \t\r\n"
_TRIM = 2
_SHOWN = 10
_DIGITS = "0123456789_"
_BASES = {"x": "0123456789abcdefABCDEF_", "o": "01234567_", "b": "01_"}
_SIMPLE = {"=": "assign", "|": "pipe"}
_MARKS = {'"': "string", "'": "char constant"}
_UNTERMINATED = {"string": "quoted string", "char constant": "character constant"}


class Item(NamedTuple):
    """One item. ``kind`` is a word of ours; keywords and the dot are their own kind."""

    kind: str
    pos: int
    text: str
    line: int

    def __str__(self) -> str:
        """The item as Go's parser speaks of it."""
        if self.kind == "error":
            return self.text
        if self.kind in KEYWORDS or self.kind == "dot":
            return f"<{self.text}>"
        if len(self.text.encode()) > _SHOWN:
            return quote(self.text[:_SHOWN]) + "..."
        return quote(self.text)


class _LexError(Exception):
    """Ends the lexing; ``str`` of it is the text of the last item."""


def lex(text: str) -> Iterator[Item]:
    """The items of a template. After an error or the end there is only EOF."""
    return _Lexer(text).items()


def is_word(char: str) -> bool:
    """Whether the character can stand in an identifier; "" is the end of the text."""
    return char == "_" or (char != "" and (is_letter(char) or is_digit(char)))


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._pos = self._start = self._counted = 0
        self._line = 1
        self._depth = 0

    def items(self) -> Iterator[Item]:
        try:
            while self._pos < len(self._text):
                yield from self._text_items()
        except _LexError as err:
            yield self._item("error")._replace(text=str(err))
        self._start = self._pos
        while True:
            yield self._item("EOF")

    def _item(self, kind: str) -> Item:
        self._line += self._text.count("\n", self._counted, self._start)
        item = Item(kind, self._start, self._text[self._start : self._pos], self._line)
        self._counted = self._start
        self._start = self._pos
        return item

    def _peek(self) -> str:
        return self._text[self._pos : self._pos + 1]

    def _next(self) -> str:
        char = self._peek()
        self._pos += len(char)
        return char

    def _skip(self, chars: str) -> bool:
        char = self._peek()
        if char and char in chars:
            self._pos += 1
            return True
        return False

    def _skip_all(self, chars: str) -> None:
        while self._skip(chars):
            pass

    def _text_items(self) -> Iterator[Item]:
        at = self._text.find(LEFT, self._pos)
        end = at if at >= 0 else len(self._text)
        self._pos = end
        if at >= 0 and self._left_trim(at + len(LEFT)):
            self._pos = self._start + len(self._text[self._start : end].rstrip(_SPACES))
        if self._pos > self._start:
            yield self._item("text")
        self._pos = self._start = end
        if at >= 0:
            yield from self._action_items()

    def _left_trim(self, at: int) -> bool:
        return self._text[at : at + 1] == "-" and self._text[at + 1 : at + 2] in tuple(_SPACES)

    def _right_delim(self) -> int:
        """How long the right delimiter here is, with its trim marker; 0 if there is none."""
        if self._text.startswith(RIGHT, self._pos):
            return len(RIGHT)
        trims = self._peek() in tuple(_SPACES) and self._text.startswith("-" + RIGHT, self._pos + 1)
        return _TRIM + len(RIGHT) if trims else 0

    def _action_items(self) -> Iterator[Item]:
        self._pos += len(LEFT)
        marker = _TRIM if self._left_trim(self._pos) else 0
        if self._text.startswith("/*", self._pos + marker):
            self._pos += marker
            self._start = self._pos
            self._comment()
            return
        yield self._item("left delim")
        self._pos += marker
        self._start = self._pos
        self._depth = 0
        while not self._right_delim():
            yield self._inside()
        if self._depth:
            raise _LexError("unclosed left paren")
        yield self._close()

    def _comment(self) -> None:
        end = self._text.find("*/", self._pos + 2)
        if end < 0:
            raise _LexError("unclosed comment")
        self._pos = end + 2
        if not self._right_delim():
            raise _LexError("comment ends before closing delimiter")
        self._close()

    def _close(self) -> Item:
        length = self._right_delim()
        self._pos += length
        self._start = self._pos - len(RIGHT)
        item = self._item("right delim")
        if length > len(RIGHT):
            self._skip_all(_SPACES)
            self._start = self._pos
        return item

    def _inside(self) -> Item:
        char = self._next()
        if not char:
            raise _LexError("unclosed action")
        if char in _SPACES:
            return self._space()
        if char in _SIMPLE:
            return self._item(_SIMPLE[char])
        if char in _MARKS:
            return self._quoted(char)
        if char == ":":
            if self._next() != "=":
                raise _LexError("expected :=")
            return self._item("declare")
        if char == "`":
            return self._raw_quoted()
        if char in "()":
            return self._paren(char)
        return self._operand(char)

    def _operand(self, char: str) -> Item:
        if char == "$":
            return self._field_or_variable("variable", "variable")
        following = self._peek()
        if char == "." and following and not ("0" <= following <= "9"):
            return self._field_or_variable("field", "dot")
        self._pos -= 1
        if char in ".+-" or "0" <= char <= "9":
            return self._number()
        if is_word(char):
            return self._identifier()
        self._pos += 1
        if char.isascii() and is_printable(char):
            return self._item("char")
        raise _LexError(f"unrecognized character in action: {unicode_name(char)}")

    def _space(self) -> Item:
        self._skip_all(_SPACES)
        self._pos -= 1
        if not self._right_delim():
            self._pos += 1
        return self._item("space")

    def _paren(self, char: str) -> Item:
        if char == "(":
            self._depth += 1
            return self._item("left paren")
        self._depth -= 1
        if self._depth < 0:
            raise _LexError("unexpected right paren")
        return self._item("right paren")

    def _word(self) -> None:
        while is_word(char := self._peek()):
            self._pos += 1
        if not self._at_terminator():
            raise _LexError(f"bad character {unicode_name(char)}")

    def _at_terminator(self) -> bool:
        char = self._peek()
        return not char or char in _SPACES + ".,|:)(" or self._text.startswith(RIGHT, self._pos)

    def _identifier(self) -> Item:
        self._word()
        word = self._text[self._start : self._pos]
        if word in KEYWORDS:
            return self._item(word)
        return self._item("bool" if word in ("true", "false") else "identifier")

    def _field_or_variable(self, kind: str, alone: str) -> Item:
        if self._at_terminator():
            return self._item(alone)
        self._word()
        return self._item(kind)

    def _quoted(self, mark: str) -> Item:
        kind = _MARKS[mark]
        while (char := self._next()) != mark:
            if char == "\\":
                char = self._next()
            if char in ("", "\n"):
                raise _LexError(f"unterminated {_UNTERMINATED[kind]}")
        return self._item(kind)

    def _raw_quoted(self) -> Item:
        while (char := self._next()) != "`":
            if not char:
                raise _LexError("unterminated raw quoted string")
        return self._item("raw string")

    def _number(self) -> Item:
        good = self._scan_number()
        kind = "number"
        if good and self._peek() in ("+", "-"):
            kind = "complex"
            good = self._scan_number() and self._text[self._pos - 1] == "i"
        if not good:
            raise _LexError(f"bad number syntax: {quote(self._text[self._start : self._pos])}")
        return self._item(kind)

    def _scan_number(self) -> bool:
        self._skip("+-")
        digits = _DIGITS
        if self._skip("0"):
            base = self._peek().lower()
            if base and base in _BASES:
                digits = _BASES[base]
                self._pos += 1
        self._skip_all(digits)
        if self._skip("."):
            self._skip_all(digits)
        exponents = {_DIGITS: "eE", _BASES["x"]: "pP"}.get(digits)
        if exponents and self._skip(exponents):
            self._skip("+-")
            self._skip_all(_DIGITS)
        self._skip("i")
        if is_word(self._peek()):
            self._pos += 1
            return False
        return True


class Lookahead:
    """The items three ahead, which can be put back, and what the parser says of them."""

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

    def _error(self, reason: str) -> TemplateError:
        return TemplateError(f"template: {NAME}:{self._token[0].line}: {reason}")

    def _fail(self, reason: str) -> NoReturn:
        raise self._error(reason)

    def _unexpected(self, item: Item, context: str) -> NoReturn:
        if item.kind != "error":
            self._fail(f"unexpected {item} in {context}")
        started = ""
        if self._action_line not in (0, item.line):
            started = f" in action started at {NAME}:{self._action_line}"
            if item.text.endswith(" action"):
                started = started.removeprefix(" in action")
        self._fail(f"{item}{started}")
