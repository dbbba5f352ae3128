"""Whether a file is what the schema of its version says: all problems at once.

The docker command tells one of them, the one that is deepest in the file; it gives the error its
``reason``.

Source: docker/cli cli/compose/schema/schema.go; xeipuuv/gojsonschema validation.go.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import isfinite, isnan
from typing import Any, NamedTuple

from swarmwire.errors import StackError, StackProblem
from swarmwire.stack.places import GeneralMap, Located
from swarmwire.stack.schema.compose_only import instead, shorter
from swarmwire.stack.schema.kinds import NEWEST, Items, Named, OneOf, Options, Scalar, Schema, Since
from swarmwire.stack.schema.stack_file import STACK
from swarmwire.stack.texts.go_values import parse_duration, sprint
from swarmwire.stack.texts.ports import parse_port_spec
from swarmwire.stack.yaml.timestamps import Timestamp

_ANYTHING = Scalar(("null", "boolean", "number", "string", "array", "object"))
_WORDS = {"object": "mapping", "array": "list"}


class _Problem(NamedTuple):
    steps: tuple[str, ...]
    text: str
    located: Located
    is_type: bool = False
    hint: str = ""

    @property
    def reason(self) -> str:
        return f"{'.'.join(self.steps) or '(root)'} {self.text}"

    @property
    def depth(self) -> tuple[int, bool]:
        return len(".".join(self.steps).split(".")), self.is_type


def version_of(root: Located) -> str:
    """The version of a file: the newest if it names none, or the bare 3."""
    version = root.value.get("version")
    text = "" if version is None else sprint(version.value)
    return f"3.{NEWEST}" if text in {"", "3"} else text


def validate(root: Located, version: str) -> None:
    """Refuse a file that is not what the schema says.

    Args:
        root: the mapping of the file, interpolated.
        version: what ``version_of`` the first file says.

    Raises:
        StackError: with all problems.
    """
    known = {f"3.{minor}": minor for minor in range(NEWEST + 1)}
    if version not in known:
        place = root.value["version"].place if "version" in root.value else root.place
        reason = f"unsupported Compose file version: {version}"
        raise StackError("load", reason, **place._asdict(), path="version")
    _refuse_what_json_cannot_say(root)
    problems = list(_Validator(known[version]).check(STACK, root, ()))
    if problems:
        raise _error(problems)


def _error(problems: list[_Problem]) -> StackError:
    deepest = max(problems, key=lambda problem: problem.depth)
    listed = sorted(problems, key=lambda problem: problem.located.place)
    return StackError.of("load", deepest.reason, [_shown(problem) for problem in listed])


def _shown(problem: _Problem) -> StackProblem:
    path = ".".join(problem.steps)
    return StackProblem(*problem.located.place, path, problem.reason, problem.hint)


def _refuse_what_json_cannot_say(located: Located, path: str = "") -> None:
    # The docker command writes the file as JSON before it validates.
    value = located.value
    if isinstance(value, float) and not isfinite(value):
        text = "NaN" if isnan(value) else f"{'+' if value > 0 else '-'}Inf"
        reason = f"json: unsupported value: {text}"
        raise StackError("load", reason, **located.place._asdict(), path=path)
    if isinstance(value, list):
        for index, entry in enumerate(value):
            _refuse_what_json_cannot_say(entry, f"{path}[{index}]")
    if isinstance(value, dict):
        for key in sorted(value, key=sprint):
            inner = f"{path}.{sprint(key)}" if path else sprint(key)
            if key is None or isinstance(key, bool):
                reason = f"json: a key is neither text nor a number: {sprint(key)}"
                raise StackError("load", reason, **value[key].place._asdict(), path=inner)
            _refuse_what_json_cannot_say(value[key], inner)


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str() | Timestamp():
            return "string"
        case list():
            return "array"
    return "object"


def _has_type(value: Any, types: tuple[str, ...]) -> bool:
    type_ = _type_of(value)
    is_whole = type_ == "number" and (isinstance(value, int) or value.is_integer())
    return type_ in types or (is_whole and "integer" in types)


def _must_be(types: tuple[str, ...]) -> str:
    words = [_WORDS.get(type_, type_) for type_ in types]
    text = f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
    return f"must be a {text}"


class _Validator:
    def __init__(self, minor: int) -> None:
        self._minor = minor

    def check(self, schema: Schema, located: Located, steps: tuple[str, ...]) -> Iterator[_Problem]:
        """All problems of a value."""
        if isinstance(schema, Since):
            yield from self.check(self._current(schema) or _ANYTHING, located, steps)
        elif isinstance(schema, OneOf):
            yield from self._one_of(schema, located, steps)
        elif not _has_type(located.value, schema.types):
            hint = shorter(steps)
            yield _Problem(steps, _must_be(schema.types), located, is_type=True, hint=hint)
        elif isinstance(schema, Scalar):
            yield from self._scalar(schema, located, steps)
        elif isinstance(schema, Items):
            yield from self._items(schema, located, steps)
        elif isinstance(schema, Options | Named) and isinstance(located.value, dict):
            yield from self._mapping(schema, located, steps)

    def _current(self, schema: Schema) -> Schema | None:
        while isinstance(schema, Since):
            inner = schema.schema if self._minor >= schema.version else schema.before
            if inner is None:
                return None
            schema = inner
        return schema

    def _one_of(
        self, schema: OneOf, located: Located, steps: tuple[str, ...]
    ) -> Iterator[_Problem]:
        best: list[_Problem] = []
        for choice in schema.choices:
            problems = list(self.check(choice, located, steps))
            if not problems:
                return
            # The choice of the right type tells more than one of another type.
            if not best or (_is_type_only(best, located) and not _is_type_only(problems, located)):
                best = problems
        yield from best

    def _scalar(
        self, schema: Scalar, located: Located, steps: tuple[str, ...]
    ) -> Iterator[_Problem]:
        value = located.value
        if schema.among and value not in schema.among:
            among = ", ".join(f'"{text}"' for text in schema.among)
            text = f"{'.'.join(steps)} must be one of the following: {among}"
            yield _Problem(steps, text, located)
        if schema.at_least is not None and value < schema.at_least:
            text = f"Must be greater than or equal to {schema.at_least}"
            yield _Problem(steps, text, located)
        is_checked = schema.format and self._minor >= schema.format_since
        if is_checked and not _has_format(value, schema.format):
            yield _Problem(steps, f"Does not match format '{schema.format}'", located)

    def _items(self, schema: Items, located: Located, steps: tuple[str, ...]) -> Iterator[_Problem]:
        for index, entry in enumerate(located.value):
            yield from self.check(schema.item, entry, (*steps, str(index)))
        if schema.unique:
            first: dict[Any, int] = {}
            for index, entry in enumerate(located.value):
                before = first.setdefault(_comparable(entry), index)
                if before != index:
                    text = f"array items[{before},{index}] must be unique"
                    yield _Problem(steps, text, entry)

    def _mapping(
        self, schema: Options | Named, located: Located, steps: tuple[str, ...]
    ) -> Iterator[_Problem]:
        if isinstance(schema, Options):
            for option in schema.required:
                if option not in located.value:
                    yield _Problem(steps, f"{option} is required", located)
        for key, entry in located.value.items():
            name = sprint(key) if isinstance(located.value, GeneralMap) else key
            inner, is_allowed = self._entry(schema, name)
            if inner is not None:
                yield from self.check(inner, entry, (*steps, name))
            elif not is_allowed:
                at = Located(None, entry.key or entry.place)
                text = f"Additional property {name} is not allowed"
                yield _Problem(steps, text, at, hint=instead(steps, name))

    def _entry(self, schema: Options | Named, name: str) -> tuple[Schema | None, bool]:
        """What the schema wants of an entry, and whether it is allowed if it wants nothing."""
        if isinstance(schema, Named):
            return (schema.entry, True) if schema.names.search(name) else (None, schema.is_open)
        option = schema.options.get(name)
        inner = None if option is None else self._current(option)
        is_extension = name.startswith("x-") and self._minor >= schema.extensions_since
        return inner, schema.is_open or is_extension or self._minor >= schema.open_since


def _is_type_only(problems: list[_Problem], located: Located) -> bool:
    return len(problems) == 1 and problems[0].is_type and problems[0].located is located


def _has_format(value: Any, format_: str) -> bool:
    try:
        if format_ == "duration":
            parse_duration(str(value))
        elif isinstance(value, int | float):
            parse_port_spec(str(Fraction(repr(value)).numerator))
        else:
            parse_port_spec(str(value))
    except ValueError:
        return False
    return True


def _comparable(located: Located) -> Any:
    """A value that is equal for what is the same JSON."""
    value = located.value
    if isinstance(value, bool | None):
        return ("word", value)
    if isinstance(value, list):
        return tuple(_comparable(entry) for entry in value)
    if isinstance(value, dict):
        return frozenset((sprint(key), _comparable(entry)) for key, entry in value.items())
    return value if isinstance(value, int | float) else str(value)
