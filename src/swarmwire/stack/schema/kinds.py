"""What the schema of a stack file is made of: kinds of values, and the versions that have them."""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

NEWEST: Final = 13

Format = Literal["", "duration", "ports"]


@dataclass(frozen=True)
class Scalar:
    """Text, a number, a truth value or nothing, or one of several.

    Attributes:
        types: ``string``, ``number``, ``integer``, ``boolean``, ``null``.
        format: what else the value must be.
        format_since: the version from which ``format`` is checked.
        among: the texts that are allowed; none means all.
        at_least: the smallest number.
    """

    types: tuple[str, ...]
    format: Format = ""
    format_since: int = 0
    among: tuple[str, ...] = ()
    at_least: int | None = None


@dataclass(frozen=True)
class Items:
    """A list.

    Attributes:
        item: what each entry is.
        unique: whether an entry may stand there once only.
    """

    item: "Schema"
    unique: bool = False
    types: tuple[str, ...] = ("array",)


@dataclass(frozen=True)
class Options:
    """A mapping whose keys mean something.

    Attributes:
        options: what each option is.
        types: ``object``, and what may stand instead of a mapping.
        required: options that must be there.
        is_open: whether other options are let through, unread.
        open_since: the version from which they are.
        extensions_since: the version from which keys with ``x-`` are let through; None if never.
    """

    options: dict[str, "Schema"]
    types: tuple[str, ...] = ("object",)
    required: tuple[str, ...] = ()
    is_open: bool = False
    open_since: int = NEWEST + 1
    extensions_since: int = NEWEST + 1


@dataclass(frozen=True)
class Named:
    """A mapping whose keys are names of the user's.

    Attributes:
        entry: what each entry is.
        names: what names look like.
        is_open: whether entries of other names are let through, unread.
    """

    entry: "Schema"
    names: re.Pattern[str]
    is_open: bool = False
    types: tuple[str, ...] = ("object",)


@dataclass(frozen=True)
class OneOf:
    """Exactly one of several."""

    choices: tuple["Schema", ...]


@dataclass(frozen=True)
class Since:
    """What is allowed from a version on; before it, something else or nothing."""

    version: int
    schema: "Schema"
    before: "Schema | None" = field(default=None)


Schema = Scalar | Items | Options | Named | OneOf | Since
