"""A command line in one text, split into words as the docker command does.

Not the shell's rules, nor those of Python's ``shlex``: a backslash in double quotes always escapes,
and a word that begins with ``#`` ends the line.

Source: google/shlex shlex.go.
"""

from collections.abc import Iterator

_SPACE = " \t\r\n"


def split_words(text: str) -> list[str]:
    """The words of a command line.

    Raises:
        ValueError: an open quote, or an escape at the end; the text is the library's.
    """
    return list(_words(text))


def _words(text: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        if text[position] in _SPACE:
            position += 1
        elif text[position] == "#":
            end = text.find("\n", position)
            position = len(text) if end == -1 else end + 1
        else:
            word, position = _word(text, position)
            yield word


def _word(text: str, position: int) -> tuple[str, int]:
    pieces: list[str] = []
    while position < len(text) and text[position] not in _SPACE:
        char = text[position]
        position += 1
        if char == '"':
            position = _double_quoted(text, position, pieces)
        elif char == "'":
            end = text.find("'", position)
            if end == -1:
                raise ValueError("EOF found when expecting closing quote")
            pieces.append(text[position:end])
            position = end + 1
        elif char == "\\":
            if position == len(text):
                raise ValueError("EOF found after escape character")
            pieces.append(text[position])
            position += 1
        else:
            pieces.append(char)
    return "".join(pieces), position


def _double_quoted(text: str, position: int, pieces: list[str]) -> int:
    while position < len(text):
        char = text[position]
        position += 1
        if char == '"':
            return position
        if char == "\\":
            if position == len(text):
                raise ValueError("EOF found after escape character")
            char = text[position]
            position += 1
        pieces.append(char)
    raise ValueError("EOF found when expecting closing quote")
