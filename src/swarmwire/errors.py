"""Every exception of swarmwire.

SwarmwireError
├── FieldError (ValueError)     .path  .kind  .reason      one field of one object
│   ├── DecodeError               the JSON or the message is not such an object
│   ├── ConvertError              the object has no counterpart on the other side
│   │   ├── UnsupportedRuntime      a runtime that the engine does not serve
│   │   └── MismatchedRuntime       the runtime and the spec that goes with it do not fit
│   └── InvalidSpec     .code     convertible, but a manager refuses it
├── UnknownRelease  (ValueError)        no release of the engine has such a name
├── StoreError      .file .offset       a manager's raft folder cannot be read
│   ├── CorruptLog                        its files are not what a manager writes
│   └── WrongKey                          a key is missing, or is not the one
├── StackError      .stage .problems    the docker command refuses a stack file
│                             and in control/errors.py:
├── ControlError    .status .message    the manager answered, and said no
├── TransportError  .address .reason    the manager could not be reached
├── NoSuchObject  AmbiguousReference    an id or a name stands for no object, or for several
├── DangerousRequest  .rule .reason     it would crash or wedge the manager, and was not sent
├── RedactedValue   .path               a placeholder for a secret was to be written
│                             and in registry/errors.py:
├── ImageLookupRefused  .status .text   a registry says nothing of an image
│   └── RegistryNotAsked  .registry       its registry is none that may be asked
├── UnusableCertificate .path .reason   a registry's certificate cannot be read
│                             and in update/errors.py:
├── UpdateConflict  .paths              an update and another one touch the same; nothing written
├── NotWritten      .reason             an update was not written
├── UncertainWrite  .reason             it is not known whether an update was written
│                             and in policy/errors.py:
├── PolicyError     .problems           a policy file cannot be used
├── UnknownCaller   .names              a policy has no client that a caller is, or several
├── AuditFailed                         an audit record could not be written
│                             and in deployment:
├── ChangedSincePlan  .service          a deploy would do more to a service than was planned
├── NoRegistryLogin   .reason           credentials for a registry cannot be read
│                             and in embedded/errors.py:
├── NotSettled      .moving             an embedded swarm still moves after all its time
└── UnusableState   .path .reason       a file is not what an embedded swarm can be kept in

The class tells whose fault it is; ``kind`` tells programs what is wrong; ``reason`` tells people,
in the engine's or the manager's own words where they have some. ``str(error)`` is ``path: reason``.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, Self

Kind = Literal["missing", "unknown", "conflict", "range", "type", "unsupported", "crash"]

_Step = str | int


class MapKey(str):
    """A step into a map: shown in brackets, ``Labels[com.example]``."""

    __slots__ = ()


class SwarmwireError(Exception):
    """Root of everything that swarmwire raises on purpose. Never raised itself."""


class FieldError(SwarmwireError, ValueError):
    """One field of one object is wrong.

    Attributes:
        kind: what is wrong, one of seven words, for programs and tests. ``crash`` means that the
            engine crashes on it.
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


class UnknownRelease(SwarmwireError, ValueError):
    """No release of the engine has such a name or version."""


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


class StackProblem(NamedTuple):
    """One thing that is wrong with a stack file, and where.

    Attributes:
        file: the file's name; nothing if it is not about one.
        line: from 1 on; 0 if it is about no line.
        column: in characters, from 1 on; 0 as above.
        path: the options from the root of the file: ``services.web.image``.
        reason: what is wrong, in the docker command's words where it has some. Never holds the
            contents of a secret.
        hint: what to do instead, if we know.
    """

    file: str
    line: int
    column: int
    path: str
    reason: str
    hint: str = ""

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{at}: {self.reason}" if at else self.reason
        return f"{text} ({self.hint})" if self.hint else text


StackStage = Literal["parse", "load", "forbidden", "image", "convert"]


class StackError(SwarmwireError, ValueError):
    """The docker command refuses a stack file; ``str`` of it lists all problems, one a line.

    Attributes:
        stage: which step refuses: ``parse`` (YAML), ``load`` (interpolation, schema, short forms,
            several files), ``forbidden`` (options of other tools), ``image`` (references of
            images), ``convert`` (what becomes of it in a swarm).
        reason: the docker command's words. Never holds the contents of a secret.
        problems: everything that is wrong; the docker command itself tells one.
    """

    def __init__(  # noqa: PLR0913 - a place has three parts
        self,
        stage: StackStage,
        reason: str,
        *,
        file: str = "",
        line: int = 0,
        column: int = 0,
        path: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(reason)
        self.stage: StackStage = stage
        self.reason = reason
        problem = StackProblem(file, line, column, path, reason, hint)
        self.problems: tuple[StackProblem, ...] = (problem,)

    @classmethod
    def of(cls, stage: StackStage, reason: str, problems: Sequence[StackProblem]) -> Self:
        """The error about several problems; the first gives the error its place."""
        error = cls(stage, reason)
        error.problems = tuple(problems)
        return error

    @property
    def file(self) -> str:
        """The file of the first problem."""
        return self.problems[0].file

    @property
    def line(self) -> int:
        """The line of the first problem, from 1 on; 0 if it is about no line."""
        return self.problems[0].line

    @property
    def column(self) -> int:
        """The column of the first problem, from 1 on; 0 if it is about no line."""
        return self.problems[0].column

    @property
    def path(self) -> str:
        """The path of the first problem: ``services.web.image``."""
        return self.problems[0].path

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))

    def __reduce__(self) -> tuple[object, ...]:
        return StackError.of, (self.stage, self.reason, self.problems)


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
