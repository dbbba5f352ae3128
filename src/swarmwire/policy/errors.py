"""What goes wrong with a policy file, or when nobody can tell who asks."""

from collections.abc import Sequence
from typing import NamedTuple

from swarmwire.errors import SwarmwireError


class PolicyProblem(NamedTuple):
    """One thing that is wrong with a policy file.

    Attributes:
        line: from 1 on; 0 if it is about no line.
        path: the keys from the root of the file: ``clients.ci-shop.read[1]``.
        reason: what is wrong, for people.
    """

    line: int
    path: str
    reason: str

    def __str__(self) -> str:
        at = f"line {self.line}: " if self.line else ""
        return f"{at}{self.path}: {self.reason}" if self.path else f"{at}{self.reason}"


class PolicyError(SwarmwireError, ValueError):
    """A policy file cannot be used; ``str`` of it lists all problems, one a line.

    Attributes:
        problems: everything that is wrong with the file, in its order.
    """

    def __init__(self, problems: Sequence[PolicyProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[object, ...]:
        return PolicyError, (self.problems,)


class UnknownCaller(SwarmwireError):
    """The policy has no client that a caller is, or more than one.

    Attributes:
        names: the clients that the caller would be; none, or at least two.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        said = f"the policy takes it for several clients: {', '.join(self.names)}"
        super().__init__(said if self.names else "no client of the policy is like this caller")


class AuditFailed(SwarmwireError):
    """An audit record could not be written; what it is about must be refused."""
