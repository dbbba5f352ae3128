"""The parameter ``filters`` of lists and events: what is accepted, and what it matches.

Source: moby daemon/internal/filters/parse.go.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from swarmwire.gateway.message import RequestRefused


class Filters:
    """Values by key; the values of one key are a set."""

    def __init__(self, values: Mapping[str, Collection[str]] | None = None) -> None:
        self._values: dict[str, dict[str, None]] = {
            key: dict.fromkeys(each) for key, each in (values or {}).items()
        }

    @classmethod
    def of(cls, text: str) -> "Filters":
        """Read the parameter: ``{"name": {"web": true}}``, or in the older form with lists.

        Raises:
            RequestRefused: 400: it has neither form.
        """
        if not text:
            return cls()
        try:
            found = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise _invalid() from None
        if found is None:
            return cls()
        if not isinstance(found, dict):
            raise _invalid()
        values = list(found.values())
        _refuse_too_many(values)
        if all(each is None or _is_set(each) for each in values) or all(
            each is None or _is_list(each) for each in values
        ):
            return cls({key: each or () for key, each in found.items()})
        raise _invalid()

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str) -> list[str]:
        """The values of a key, in the order in which they came."""
        return list(self._values.get(key, ()))

    def put(self, key: str, values: Collection[str]) -> None:
        """Set the values of a key."""
        self._values[key] = dict.fromkeys(values)

    def refuse_others(self, accepted: Collection[str]) -> None:
        """Refuse a key that is not accepted.

        Raises:
            RequestRefused: 400.
        """
        for key in self._values:
            if key not in accepted:
                raise RequestRefused(400, f"invalid filter '{key}'")

    def labels(self, key: str = "label") -> dict[str, str]:
        """``key=value`` texts as a map; of a repeated key the last counts."""
        pairs = (text.partition("=") for text in self.get(key))
        return {name: value for name, _, value in pairs}

    def exact(self, key: str, value: str) -> bool:
        """Whether ``value`` is one of the key's, or the key has none."""
        wanted = self._values.get(key)
        return not wanted or value in wanted

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


def _refuse_too_many(values: list[Any]) -> None:
    if sum(len(each) for each in values if isinstance(each, dict | list)) > _MOST_VALUES:
        raise RequestRefused(400, f"invalid filter: more than {_MOST_VALUES} values")


def _is_set(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(each, bool) or each is None for each in value.values()
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) or each is None for each in value)


def _invalid() -> RequestRefused:
    return RequestRefused(400, "invalid filter")


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
