"""Normal forms of options that have options of their own, and of lists and maps of such.

Source: as ``leaves.py``.
"""

from collections.abc import Callable
from typing import Any

from swarmwire.stack.forms.leaves import Form, Reading, UnreadableError, panic
from swarmwire.stack.places import GeneralMap, Located, go_type


def go_name(option: str) -> str:
    """How the docker command calls an option in its errors, where it has no other name for it."""
    return option if "_" in option else option[:1].upper() + option[1:]


class Record(Form):
    """A mapping whose keys mean something; others are dropped.

    Args:
        options: the form of each option.
        names: how the docker command calls options in errors, where ``go_name`` does not say it.
        short: what to make of something that is no mapping.
    """

    def __init__(
        self,
        options: dict[str, Form],
        *,
        names: dict[str, str] | None = None,
        short: Callable[[Located], Located] | None = None,
    ) -> None:
        self.options = options
        self._names = names or {}
        self._short = short

    def _read(self, located: Located, name: str, reading: Reading) -> Located:
        if self._short is not None:
            located = self._short(located)
        if not isinstance(located.value, dict):
            kind = {"[]interface {}": "slice"}.get(go_type(located.value), "")
            raise UnreadableError(
                f'expected a map or struct, got "{kind or go_type(located.value)}"'
            )
        prefix = f"{name}." if name else ""
        entries = {}
        for option, form in self.options.items():
            found = _find(located.value, option)
            if found is not None:
                inner = prefix + self._names.get(option, go_name(option))
                entry = form.normalise(found, inner, reading)
                if entry is not None:
                    entries[option] = entry
        return located.with_value(entries)

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The options of two files, each merged for itself."""
        if base is None or other is None:
            return other if base is None else base
        merged = {}
        for option, form in self.options.items():
            entry = form.merge(base.value.get(option), other.value.get(option))
            if entry is not None:
                merged[option] = entry
        return base.with_value(merged)


def _find(entries: dict[Any, Located], option: str) -> Located | None:
    """The value of an option; keys may be in any case where the schema lets them through."""
    found = entries.get(option)
    if found is not None:
        return found
    for key, entry in entries.items():
        if isinstance(key, str) and key.casefold() == option:
            return entry
    return None


class Records(Form):
    """A list of mappings; a later file adds to it.

    Args:
        entry: the form of each.
    """

    def __init__(self, entry: Form) -> None:
        self._entry = entry

    def _read(self, located: Located, name: str, reading: Reading) -> Located:
        if not isinstance(located.value, list):
            found = go_type(located.value)
            raise UnreadableError(f"source data must be an array or slice, got {found}")
        entries = []
        for index, one in enumerate(self._listed(located, reading)):
            entry = self._entry.normalise(one, f"{name}[{index}]", reading)
            entries.append(one.with_value({}) if entry is None else entry)
        return located.with_value(entries)

    def _listed(self, located: Located, _reading: Reading) -> list[Located]:
        """The entries in long form."""
        entries: list[Located] = located.value
        return entries

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The list of two files."""
        if base is None or other is None:
            return other if base is None else base
        return other.with_value([*base.value, *other.value])


class KeyedRecords(Records):
    """A list of mappings that merging turns into a map: the last of those with one key stays.

    That also happens where a later file says nothing of the option.

    Args:
        entry: the form of each.
        key: the option that tells them apart.
        absent: the key of those that do not have it.
    """

    def __init__(self, entry: Form, key: str, absent: str | int) -> None:
        super().__init__(entry)
        self._key = key
        self._absent = absent

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The list of two files."""
        if base is None:
            return other
        merged = {}
        for entry in (*base.value, *(other.value if other is not None else ())):
            key = entry.value.get(self._key)
            merged[self._absent if key is None else key.value] = entry
        entries = [merged[key] for key in sorted(merged)]
        return (other or base).with_value(entries)


class NamedRecords(Form):
    """Mappings by names of the user's; a later file replaces what has the same name.

    Args:
        entry: the form of each.
        short: what to make of something that is no mapping.
        combine: what to make of an entry of both files, if it is not simply the later one.
    """

    def __init__(
        self,
        entry: Form,
        *,
        short: Callable[[Located], Located] | None = None,
        combine: Callable[[Located, Located], Located] | None = None,
    ) -> None:
        self._entry = entry
        self._short = short
        self._combine = combine

    def _read(self, located: Located, name: str, reading: Reading) -> Located:
        if self._short is not None:
            located = self._short(located)
        if not isinstance(located.value, dict):
            raise UnreadableError(f"expected a map, got '{go_type(located.value)}'")
        entries = {}
        for key, one in located.value.items():
            if not isinstance(key, str):
                found = go_type(key)
                reason = f"expected type 'string', got unconvertible type '{found}'"
                reading.problem(f"{name}[<{found} Value>]", reason, one)
                continue
            entry = self._entry.normalise(one, f"{name}[{key}]", reading)
            entries[key] = one if entry is None else entry
        return located.with_value(entries)

    def merge(self, base: Located | None, other: Located | None) -> Located | None:
        """The mappings of two files."""
        if base is None or other is None:
            return other if base is None else base
        merged = dict(base.value)
        for key, entry in other.value.items():
            before = merged.get(key)
            if before is None or before.value is None or self._combine is None:
                merged[key] = entry
            elif entry.value is not None:
                merged[key] = self._combine(before, entry)
        return other.with_value(merged)


def text_keys(located: Located) -> dict[str, Located]:
    """The entries of a mapping; where a key is no text, the docker command crashes."""
    if isinstance(located.value, GeneralMap):
        found = f"interface conversion: interface {{}} is {go_type(located.value)}"
        raise panic(f"{found}, not map[string]interface {{}}", located)
    entries: dict[str, Located] = located.value
    return entries
