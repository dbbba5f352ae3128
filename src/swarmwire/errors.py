"""Every exception of swarmwire.

SwarmwireError
├── FieldError (ValueError)     .path  .kind  .reason      one field of one object
│   ├── DecodeError               the JSON or the message is not such an object
│   ├── ConvertError              the object has no counterpart on the other side
│   │   ├── UnsupportedRuntime      a runtime that the engine does not serve
│   │   └── MismatchedRuntime       the runtime and the spec that goes with it do not fit
│   └── InvalidSpec     .code     convertible, but a manager refuses it
├── StoreError      .file .offset       a manager's raft folder cannot be read
│   ├── CorruptLog                        its files are not what a manager writes
│   └── WrongKey                          a key is missing, or is not the one
│                             and in control/errors.py:
├── ControlError    .status .message    the manager answered, and said no
├── TransportError  .address .reason    the manager could not be reached
├── DangerousRequest  .rule .reason     it would crash or wedge the manager, and was not sent
└── RedactedValue   .path               a placeholder for a secret was to be written

The class tells whose fault it is; ``kind`` tells programs what is wrong; ``reason`` tells people,
in the engine's or the manager's own words where they have some. ``str(error)`` is ``path: reason``.
"""

from collections.abc import Iterable
from typing import Literal, Self

Kind = Literal["missing", "unknown", "conflict", "range", "type", "unsupported"]

_Step = str | int


class MapKey(str):
    """A step into a map: shown in brackets, ``Labels[com.example]``."""

    __slots__ = ()


class SwarmwireError(Exception):
    """Root of everything that swarmwire raises on purpose. Never raised itself."""


class FieldError(SwarmwireError, ValueError):
    """One field of one object is wrong.

    Attributes:
        kind: what is wrong, one of six words, for programs and tests.
        reason: what is wrong, for people. Never holds the value of a secret.
    """

    def __init__(self, kind: Kind, reason: str, *steps: _Step) -> None:
        super().__init__(reason)
        self.kind: Kind = kind
        self.reason = reason
        self._steps: list[_Step] = list(reversed(steps))

    def under(self, *steps: _Step) -> Self:
        """Put ``steps`` (names, list indexes) in front of the path; return the error itself.

        The path grows while the error travels up, so that success pays nothing for it.
        """
        self._steps.extend(reversed(steps))
        return self

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The path as names, list indexes and map keys (``MapKey``), outermost first."""
        return tuple(reversed(self._steps))

    @property
    def path(self) -> str:
        """Where: ``TaskTemplate.ContainerSpec.Mounts[2].Type``, ``Labels[com.example]``."""
        return render_path(reversed(self._steps))

    def __str__(self) -> str:
        path = self.path
        return f"{path}: {self.reason}" if path else self.reason

    def __reduce__(self) -> tuple[object, ...]:
        state = {**self.__dict__, "_steps": self._steps.copy()}
        return _rebuild, (type(self), state, self.args)


class DecodeError(FieldError):
    """The bytes are not such an object: broken JSON, a wrong type, a number out of range."""


class ConvertError(FieldError):
    """The object has no counterpart on the other side."""


class UnsupportedRuntime(ConvertError):
    """The task runtime is one that the engine does not serve."""

    def __init__(self, reason: str = "unsupported runtime", *steps: _Step) -> None:
        super().__init__("unsupported", reason, *steps)


class MismatchedRuntime(ConvertError):
    """The spec that goes with the runtime is missing."""

    def __init__(self, reason: str = "mismatched Runtime and *Spec fields", *steps: _Step) -> None:
        super().__init__("missing", reason, *steps)


class InvalidSpec(FieldError):
    """A manager refuses the message.

    Attributes:
        code: the name of the manager's gRPC status, as Go writes it: ``InvalidArgument``.
    """

    def __init__(self, code: str, reason: str, *steps: _Step, kind: Kind = "range") -> None:
        super().__init__(kind, reason, *steps)
        self.code = code


class StoreError(SwarmwireError):
    """A manager's raft folder cannot be read.

    Attributes:
        reason: why, for people. Never holds a key or what is stored.
        file: the file, as seen from the folder; nothing if it is not about one.
        offset: where in the file, in bytes from its beginning; None if it is not about a place.
    """

    def __init__(self, reason: str, *, file: str = "", offset: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.file = file
        self.offset = offset

    def __str__(self) -> str:
        at = "" if self.offset is None else f" at byte {self.offset}"
        return f"{self.file}{at}: {self.reason}" if self.file else self.reason


class CorruptLog(StoreError):
    """The files are not what a manager writes, and nothing can be made of them."""


class WrongKey(StoreError):
    """The key that opens the records is missing, or is not the one they were sealed with."""


def _rebuild(
    cls: type[FieldError], state: dict[str, object], args: tuple[object, ...]
) -> FieldError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error


def render_path(steps: Iterable[_Step]) -> str:
    """The text of a path: names joined by dots, list indexes and map keys in brackets."""
    text = ""
    for step in steps:
        if isinstance(step, int | MapKey):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
