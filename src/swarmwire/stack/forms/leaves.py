"""Normal forms: what the docker command makes of a valid value, whichever way it was written.

A form normalises a value, and merges the value of a later file into that of an earlier one. What
is absent, null or Go's nil is None here; a map or list that is empty but given stays, for the
docker command tells the two apart. ``service.py`` and ``objects.py`` say which option has
which form.

Source: docker/cli cli/compose/loader/loader.go (the transformers) and merge.go;
go-viper/mapstructure mapstructure.go; dario.cat/mergo merge.go.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final

from swarmwire.errors import StackError, StackProblem
from swarmwire.rules.go_text import quote
from swarmwire.stack.places import GeneralMap, Located, go_type
from swarmwire.stack.texts.go_values import parse_duration, parse_size, sprint

_EMPTY: Final = ("", 0, False, None)
_WIDTHS: Final = {"int": 64, "int64": 64, "uint32": 32, "uint64": 64}


class UnreadableError(ValueError):
    """A value cannot be what its option is to be. ``str`` of it is the docker command's text."""


class Reading:
    """What is noticed while values are normalised: problems, and warnings that stop nothing."""

    def __init__(self) -> None:
        self.problems: list[StackProblem] = []
        self.warnings: list[StackProblem] = []

    def problem(self, name: str, reason: str, located: Located) -> None:
        """A value that cannot be what it is to be; the rest is read on."""
        self.problems.append(StackProblem(*located.place, name, f"'{name}' {reason}"))

    def warn(self, path: str, reason: str, located: Located) -> None:
        """Something that the docker command does otherwise than the file says."""
        self.warnings.append(StackProblem(*located.place, path, reason))

    def raise_problems(self) -> None:
        """Raise what was noticed, as the docker command tells it."""
        if self.problems:
            reasons = "\n".join(problem.reason for problem in self.problems)
            reason = f"decoding failed due to the following error(s):\n\n{reasons}"
            raise StackError.of("load", reason, self.problems)


def panic(reason: str, located: Located) -> StackError:
    """The docker command crashes on the value."""
    return StackError("load", f"panic: {reason}", **located.place._asdict())


def go_syntax(located: Located) -> str:
    """The value as ``%#v`` writes it."""
    value = located.value
    if isinstance(value, dict):
        entries = ", ".join(f"{_key_syntax(key)}:{go_syntax(value[key])}" for key in value)
        return f"{go_type(value)}{{{entries}}}"
    if isinstance(value, list):
        return f"{go_type(value)}{{{', '.join(map(go_syntax, value))}}}"
    return _key_syntax(value)


def _key_syntax(value: Any) -> str:
    if isinstance(value, str):
        return quote(value)
    return "interface {}(nil)" if value is None else sprint(value)


class Form(ABC):
    """The normal form of one option."""

    def normalise(self, located: Located, name: str, reading: Reading) -> Located | None:
        """The value in its normal form; None if it is null or cannot be read.

        Args:
            located: the value.
            name: how the docker command calls the option: ``Deploy.update_config.Delay``.
            reading: takes problems and warnings.
        """
        if located.value is None:
            return None
        try:
            return self._read(located, name, reading)
        except ValueError as err:
            reading.problem(name, str(err), located)
            return None

    @abstractmethod
    def _read(self, located: Located, name: str, reading: Reading) -> Located | None:
        """The value in its normal form.

        Raises:
            ValueError: it cannot be read; the text is the docker command's.
        """

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The value of two files; either may be absent."""
        if other is not None and (base is None or other.value not in _EMPTY):
            return other
        return base


class Leaf(Form):
    """The normal form of an option without options of its own."""

    def _read(self, located: Located, name: str, reading: Reading) -> Located | None:
        del name, reading  # only what has parts needs them
        return self._leaf(located)

    @abstractmethod
    def _leaf(self, located: Located) -> Located | None:
        """The value in its normal form.

        Raises:
            ValueError: it cannot be read; the text is the docker command's.
        """


def _unconvertible(expected: str, value: Any) -> UnreadableError:
    return UnreadableError(f"expected type '{expected}', got unconvertible type '{go_type(value)}'")


class Text(Leaf):
    """Text."""

    def _leaf(self, located: Located) -> Located:
        if not isinstance(located.value, str):
            raise _unconvertible("string", located.value)
        return located


class Truth(Leaf):
    """A truth value. A later file can only say yes."""

    def _leaf(self, located: Located) -> Located:
        if not isinstance(located.value, bool):
            raise _unconvertible("bool", located.value)
        return located


class Number(Leaf):
    """A whole number; fractions are cut off, and bits that do not fit.

    Args:
        type_: its Go type.
        overrides: whether a later file can also say 0.
    """

    def __init__(self, type_: str, *, overrides: bool = False) -> None:
        self._type = type_
        self._overrides = overrides

    def _leaf(self, located: Located) -> Located:
        value = located.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _unconvertible(self._type, value)
        if self._type.startswith("uint") and value < 0:
            shown = f"{value:f}" if isinstance(value, float) else str(value)
            raise UnreadableError(f"cannot parse value as '{self._type}': {shown} overflows uint")
        return located.with_value(self._fitted(int(value)))

    def _fitted(self, value: int) -> int:
        width = _WIDTHS[self._type]
        low = value & ((1 << width) - 1)
        if self._type.startswith("int") and low >= 1 << (width - 1):
            return low - (1 << width)
        return low

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The number of two files."""
        if self._overrides and other is not None:
            return other
        return super().merge(base, other)


class Ratio(Leaf):
    """A number with a fraction, of 32 bits."""

    def _leaf(self, located: Located) -> Located:
        value = located.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _unconvertible("float32", value)
        return located.with_value(float(value))


class Duration(Leaf):
    """Nanoseconds, written as ``1m30s``."""

    def _leaf(self, located: Located) -> Located:
        if not isinstance(located.value, str):
            raise UnreadableError(f"invalid type {go_type(located.value)} for duration")
        return located.with_value(parse_duration(located.value))


class Size(Leaf):
    """Bytes, written as ``64m``."""

    def _leaf(self, located: Located) -> Located:
        if not isinstance(located.value, str):
            raise panic(f"invalid type for size {go_type(located.value)}", located)
        return located.with_value(parse_size(located.value))


class Texts(Form):
    """A list of texts; a later file adds to it.

    Args:
        single: what to make of one text in place of a list; None if that is not allowed.
        kind: what the docker command calls the option when it is something else.
        replaces: whether a later file replaces the list.
    """

    def __init__(
        self,
        single: Callable[[str], list[str]] | None = None,
        *,
        kind: str = "",
        replaces: bool = False,
    ) -> None:
        self._single = single
        self._kind = kind
        self._replaces = replaces

    def _read(self, located: Located, name: str, reading: Reading) -> Located:
        value = located.value
        if isinstance(value, str) and self._single is not None:
            return located.with_value([located.with_value(text) for text in self._single(value)])
        if not isinstance(value, list):
            if self._kind:
                raise UnreadableError(f"invalid type {go_type(value)} for {self._kind}")
            raise UnreadableError(f"source data must be an array or slice, got {go_type(value)}")
        entries = [
            Text().normalise(entry, f"{name}[{index}]", reading)
            for index, entry in enumerate(value)
        ]
        found = zip(entries, value, strict=True)
        return located.with_value([entry or one.with_value("") for entry, one in found])

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The list of two files."""
        if base is None or other is None:
            return other if base is None else base
        if self._replaces:
            return other if other.value else base
        return other.with_value([*base.value, *other.value])


class TextMap(Leaf):
    """Texts by name.

    Args:
        lists: whether a list of ``name=value`` may stand in its place.
        keeps_null: whether a name without value stays one without value. Of such maps, a later
            file cannot empty a value.
    """

    def __init__(self, *, lists: bool = True, keeps_null: bool = False) -> None:
        self._lists = lists
        self._keeps_null = keeps_null

    def _leaf(self, located: Located) -> Located:
        value = located.value
        if isinstance(value, dict) and not isinstance(value, GeneralMap):
            return located.with_value({key: self._entry(one) for key, one in value.items()})
        if not self._lists:
            raise UnreadableError(f"invalid type {go_type(value)} for map[string]string")
        if not isinstance(value, list):
            shown = f"{go_type(value)}: {go_syntax(located)}"
            raise panic(f"expected a map or a list, got {shown}", located)
        entries = {}
        for entry in value:
            if not isinstance(entry.value, str):
                found = go_type(entry.value)
                found = "nil" if found == "<nil>" else found
                raise panic(f"interface conversion: interface {{}} is {found}, not string", entry)
            key, has_value, text = entry.value.partition("=")
            entries[key] = entry.with_value(text if has_value or not self._keeps_null else None)
        return located.with_value(entries)

    def _entry(self, located: Located) -> Located:
        if located.value is None:
            return located if self._keeps_null else located.with_value("")
        return located.with_value(sprint(located.value))

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The map of two files."""
        if base is None or other is None:
            return other if base is None else base
        merged = dict(base.value)
        for key, entry in other.value.items():
            before = merged.get(key)
            if not self._keeps_null or before is None or not before.value or entry.value:
                merged[key] = entry
        return other.with_value(merged)
