"""The parameter ``filters`` of lists and events: what is accepted, and what it matches.

Source: moby daemon/internal/filters/parse.go.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn

from swarmwire.gateway.message import RequestRefused
from swarmwire.releases import Release


class MalformedFilters(RequestRefused):
    """The parameter has neither of the two forms."""

    def __init__(self, status: int = 400) -> None:
        super().__init__(status, "invalid filter")


class Filters:
    """Values by key; the values of one key are a set.

    In the newer form a value may be false. Then no text is that value, but it is still a beginning
    and an expression.
    """

    def __init__(self, values: Mapping[str, Collection[str]] | None = None) -> None:
        self._values: dict[str, dict[str, bool]] = {
            key: dict.fromkeys(each, True) for key, each in (values or {}).items()
        }

    @classmethod
    def of(cls, text: str) -> "Filters":
        """Read the parameter: ``{"name": {"web": true}}``, or in the older form with lists.

        Raises:
            MalformedFilters: it has neither form.
            RequestRefused: 400: it has very many values.
        """
        filters = cls()
        if text:
            filters._values = _values_of(text)
        return filters

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str) -> list[str]:
        """The values of a key, in the order in which they came."""
        return list(self._values.get(key, ()))

    def put(self, key: str, values: Collection[str]) -> None:
        """Set the values of a key."""
        self._values[key] = dict.fromkeys(values, True)

    def refuse_others(self, accepted: Collection[str], release: Release) -> None:
        """Refuse a key that is not accepted, in the words of a release.

        Raises:
            RequestRefused: 400.
        """
        for key in self._values:
            if key not in accepted:
                raise RequestRefused(400, invalid_filter(release, key))

    def labels(self, key: str = "label") -> dict[str, str]:
        """``key=value`` texts as a map; of a repeated key the last counts."""
        pairs = (text.partition("=") for text in self.get(key))
        return {name: value for name, _, value in pairs}

    def exact(self, key: str, value: str) -> bool:
        """Whether ``value`` is one of the key's, or the key has none."""
        wanted = self._values.get(key)
        return not wanted or wanted.get(value, False)

    def prefix(self, key: str, value: str) -> bool:
        """As ``exact``, or one of the key's values begins ``value``."""
        return self.exact(key, value) or value.startswith(tuple(self._values[key]))

    def pattern(self, key: str, value: str) -> bool:
        """As ``exact``, or one of the key's values is a regular expression found in ``value``.

        Of very many values each is looked for as a plain text.
        """
        if len(self._values.get(key, ())) > _MOST_EXPRESSIONS:
            return any(text in value for text in self._values[key])
        return self.exact(key, value) or any(
            expression.search(value)
            for expression in map(_compiled, self._values[key])
            if expression is not None
        )

    def labelled(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether ``labels`` has each label of the key, with its value where one is given."""
        for text in self._values.get(key, ()):
            name, equals, value = text.partition("=")
            if name not in labels or (equals and labels[name] != value):
                return False
        return True


def invalid_filter(release: Release, key: str) -> str:
    """What a release says of a filter with a key, or a value of it, that it does not take."""
    word = "invalid" if release.has("23.0") else "Invalid"
    if not key and release.has("25.0"):
        return f"{word} filter"
    return f"{word} filter '{key}'"


class _Members(list[tuple[str, Any]]):
    """The members of a JSON object, repeated keys included: each has to have the right form."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


# numbers have no place in either form, so that none is converted
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_Members, parse_int=len, parse_float=len, parse_constant=_no_constant
)


def _values_of(text: str) -> dict[str, dict[str, bool]]:
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise MalformedFilters from None
    if found is None:
        return {}
    if not isinstance(found, _Members):
        raise MalformedFilters
    _refuse_too_many(found)
    if all(each is None or _is_set(each) for _, each in found):
        return {_text(key): _set_of(each or ()) for key, each in found}
    if all(each is None or _is_list(each) for _, each in found):
        return {_text(key): _set_of((one, True) for one in each or ()) for key, each in found}
    raise MalformedFilters


def _refuse_too_many(members: _Members) -> None:
    if sum(len(each) for _, each in members if isinstance(each, list)) > _MOST_VALUES:
        raise RequestRefused(400, f"invalid filter: more than {_MOST_VALUES} values")


def _is_set(value: Any) -> bool:
    return isinstance(value, _Members) and all(
        isinstance(each, bool) or each is None for _, each in value
    )


def _is_list(value: Any) -> bool:
    return (
        isinstance(value, list)
        and not isinstance(value, _Members)
        and all(isinstance(each, str) or each is None for each in value)
    )


def _set_of(pairs: Iterable[tuple[str | None, bool | None]]) -> dict[str, bool]:
    return {_text(value): bool(is_meant) for value, is_meant in pairs}


def _text(value: str | None) -> str:
    """A text as Go reads it: half a character is none, and null is empty."""
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value or "")


_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LONGEST = 256
_ESCAPED_OR_OPENING = re.compile(r"\\.|\(\?", re.DOTALL)
_REPEATED_GROUP = re.compile(r"\)[*+?{]")
_REPETITION = re.compile(r"[*+?{]\??")
_BEYOND_GO = re.compile(r"\(\?(?![:imsUP])|\\[1-9]")
_COST_OF_REPETITION = 4
_LARGEST_COST = 8
_MOST_VALUES = 1000
"""Of one parameter: each object is held against all of them."""
_MOST_EXPRESSIONS = 50
"""Of one key: more would make everybody else wait."""


def _cost(text: str) -> int:
    """How much an expression branches: each repetition and each alternative multiplies its time."""
    plain = _ESCAPED_OR_OPENING.sub("(", text)
    alternatives = plain.count("|") if "(" in plain else 0
    return _COST_OF_REPETITION * len(_REPETITION.findall(plain)) + alternatives


@lru_cache(1024)
def _compiled(text: str) -> re.Pattern[str] | None:
    """The expression; None if it is none.

    Go's take linear time, Python's may take for ever. What could is looked for as a plain text.
    """
    if len(text) > _LONGEST or _REPEATED_GROUP.search(text) or _cost(text) > _LARGEST_COST:
        return re.compile(re.escape(text))
    if _BEYOND_GO.search(text):
        return None
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError):
        return None
