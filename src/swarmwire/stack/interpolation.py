"""Variables in the text of a stack file: ``$NAME``, ``${NAME:-default}``, ``${NAME?text}``.

Every text value of a file is interpolated, keys are not. Where a text became another one and the
schema wants a number or a truth value, the new text is read as such.

Source: docker/cli cli/compose/interpolation, cli/compose/template and
cli/compose/loader/interpolate.go.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from swarmwire.errors import StackError
from swarmwire.rules.go_text import quote
from swarmwire.stack.places import GeneralMap, Located, Place
from swarmwire.stack.texts.go_values import parse_float, parse_whole

# Go folds these two letters to `s` and `k` where it ignores case.
_NAME = re.compile("[_a-zA-Z\u017f\u212a][_a-zA-Z0-9\u017f\u212a]*")
_OPERATOR = re.compile(r":?[-?]")


class Variable(NamedTuple):
    """A variable that a stack file uses.

    Attributes:
        name: its name.
        place: the text that uses it first; if one uses it without a default, the first of those.
        is_set: whether the environment has it.
        has_default: whether a default stands wherever it is used.
    """

    name: str
    place: Place
    is_set: bool
    has_default: bool = False


class InvalidTemplateError(Exception):
    """The text cannot be interpolated. ``str`` of it is what the docker command complains of."""


class _Dollar(NamedTuple):
    """What a dollar sign begins: its end, and the name with its operator; nothing if invalid."""

    end: int
    substitution: str
    escaped: bool = False


def substitute(text: str, lookup: Callable[[str], str | None]) -> str:
    """The text with its variables replaced.

    Args:
        text: the text.
        lookup: the value of a variable, None if it is not set.

    Raises:
        InvalidTemplateError: a dollar sign that begins nothing, or a variable that is required.
            As in the docker command, a variable after it that can be read hides the error.
    """
    pieces = []
    position = 0
    error: InvalidTemplateError | None = None
    for start, dollar in _dollars(text):
        pieces.append(text[position:start])
        position = dollar.end
        if dollar.escaped:
            pieces.append("$")
            continue
        error = None
        try:
            pieces.append(_value(text, dollar.substitution, lookup))
        except InvalidTemplateError as err:
            error = err
    if error is not None:
        raise error
    pieces.append(text[position:])
    return "".join(pieces)


def _dollars(text: str) -> Iterator[tuple[int, _Dollar]]:
    last_brace = text.rfind("}")
    position = text.find("$")
    while position != -1:
        dollar = _dollar(text, position + 1, last_brace)
        yield position, dollar
        position = text.find("$", dollar.end)


def _dollar(text: str, after: int, last_brace: int) -> _Dollar:
    following = text[after : after + 1]
    if following == "$":
        return _Dollar(after + 1, "", escaped=True)
    if name := _NAME.match(text, after):
        end = name.end()
        # Without braces too, what follows an operator belongs to the variable.
        if _OPERATOR.match(text, end):
            brace = text.find("}", end) if end <= last_brace else -1
            end = len(text) if brace == -1 else brace
        return _Dollar(end, text[after:end])
    if following == "{" and (name := _NAME.match(text, after + 1)):
        end = name.end()
        if _OPERATOR.match(text, end) and end <= last_brace:
            end = text.find("}", end)
        if text[end : end + 1] == "}":
            return _Dollar(end + 1, text[after + 1 : end])
    return _Dollar(after, "")


def _named(substitution: str) -> tuple[str, bool]:
    """The name of the variable, and whether a default follows it."""
    for operator in (":-", "-", ":?", "?"):
        if operator in substitution:
            return substitution.partition(operator)[0], "-" in operator
    return substitution, False


def _value(text: str, substitution: str, lookup: Callable[[str], str | None]) -> str:
    if not substitution:
        raise InvalidTemplateError(text)
    if ":-" in substitution:
        name, _, default = substitution.partition(":-")
        return lookup(name) or default
    if "-" in substitution:
        name, _, default = substitution.partition("-")
        value = lookup(name)
        return default if value is None else value
    for operator in (":?", "?"):
        if operator in substitution:
            name, _, reason = substitution.partition(operator)
            value = lookup(name)
            if value is None or (operator == ":?" and not value):
                raise InvalidTemplateError(f"required variable {name} is missing a value: {reason}")
            return value
    return lookup(substitution) or ""


def _truth(text: str) -> bool:
    if text.lower() in {"y", "yes", "true", "on"}:
        return True
    if text.lower() in {"n", "no", "false", "off"}:
        return False
    raise ValueError(f"invalid boolean: {text}")


_SERVICE_CASTS: Final[dict[str, Callable[[str], Any]]] = {
    "configs.[].mode": parse_whole,
    "secrets.[].mode": parse_whole,
    "healthcheck.retries": parse_whole,
    "healthcheck.disable": _truth,
    "deploy.replicas": parse_whole,
    "deploy.update_config.parallelism": parse_whole,
    "deploy.update_config.max_failure_ratio": parse_float,
    "deploy.rollback_config.parallelism": parse_whole,
    "deploy.rollback_config.max_failure_ratio": parse_float,
    "deploy.restart_policy.max_attempts": parse_whole,
    "deploy.placement.max_replicas_per_node": parse_whole,
    "ports.[].target": parse_whole,
    "ports.[].published": parse_whole,
    "ulimits.*": parse_whole,
    "ulimits.*.hard": parse_whole,
    "ulimits.*.soft": parse_whole,
    "privileged": _truth,
    "oom_score_adj": parse_whole,
    "read_only": _truth,
    "stdin_open": _truth,
    "tty": _truth,
    "volumes.[].read_only": _truth,
    "volumes.[].volume.nocopy": _truth,
}
_CASTS: Final[dict[tuple[str, ...], Callable[[str], Any]]] = {
    **{("services", "*", *path.split(".")): cast for path, cast in _SERVICE_CASTS.items()},
    **{
        (section, "*", option): _truth
        for section, option in (
            ("networks", "external"),
            ("networks", "internal"),
            ("networks", "attachable"),
            ("volumes", "external"),
            ("secrets", "external"),
            ("configs", "external"),
        )
    },
}


def _cast_for(path: str) -> Callable[[str], Any] | None:
    # A dot in a key counts as two steps, so such services have no numbers from variables.
    steps = path.split(".")
    for pattern, cast in _CASTS.items():
        if len(steps) == len(pattern) and all(
            wanted in {"*", step} for wanted, step in zip(pattern, steps, strict=True)
        ):
            return cast
    return None


class Interpolation:
    """Interpolates files with one environment, and remembers the variables that they use."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.variables: dict[str, Variable] = {}
        self._environment = environment

    def file(self, root: Located) -> Located:
        """The mapping of a file with all its text interpolated.

        Raises:
            StackError: text that cannot be interpolated, or is not what the option needs.
        """
        entries = {key: self._any(entry, key) for key, entry in root.value.items()}
        return root.with_value(entries)

    def _any(self, located: Located, path: str) -> Located:
        value = located.value
        if isinstance(value, str):
            return self._text(located, path) if "$" in value else located
        if isinstance(value, dict) and not isinstance(value, GeneralMap):
            entries = {key: self._any(entry, f"{path}.{key}") for key, entry in value.items()}
            return located.with_value(entries)
        if isinstance(value, list):
            return located.with_value([self._any(entry, f"{path}.[]") for entry in value])
        return located

    def note(self, located: Located) -> None:
        """Remember the variables of a value, which may be one that cannot be interpolated."""
        value = located.value
        if isinstance(value, str):
            self._note_text(value, located.place)
        elif isinstance(value, dict | list):
            for entry in value.values() if isinstance(value, dict) else value:
                self.note(entry)

    def _note_text(self, text: str, place: Place) -> None:
        for _, dollar in _dollars(text):
            name, has_default = _named(dollar.substitution)
            known = self.variables.get(name)
            if name and (known is None or (known.has_default and not has_default)):
                is_set = name in self._environment
                self.variables[name] = Variable(name, place, is_set, has_default)

    def _text(self, located: Located, path: str) -> Located:
        self._note_text(located.value, located.place)
        try:
            new = substitute(located.value, self._environment.get)
        except InvalidTemplateError as err:
            reason = f"invalid interpolation format for {path}: {quote(str(err))}"
            hint = "; you may need to escape any $ with another $"
            raise _error(reason + hint, located, path) from None
        cast = None if new == located.value else _cast_for(path)
        if cast is None:
            return located.with_value(new)
        try:
            return located.with_value(cast(new))
        except ValueError as err:
            reason = f"error while interpolating {path}: failed to cast to expected type: {err}"
            raise _error(reason, located, path) from None


def _error(reason: str, located: Located, path: str) -> StackError:
    file, line, column = located.place
    return StackError("load", reason, file=file, line=line, column=column, path=path)
