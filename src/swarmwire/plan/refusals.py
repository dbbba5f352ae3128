"""Why a manager refuses an update, in words that hold no secret."""

import re

import msgspec

from swarmwire import pb
from swarmwire.errors import InvalidSpec, Kind
from swarmwire.releases import AnyRelease
from swarmwire.rules import service_spec_problems, service_spec_update_problems
from swarmwire.spec import HIDDEN, masked

_ENV = re.compile(r"\bEnv\[\d+\]$")
_MAP_ENTRY = re.compile(r'(expanding map entry "(?:[^"\\]|\\.)*"=)"(?:[^"\\]|\\.)*".*', re.DOTALL)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for which a manager refuses an update.

    Attributes:
        path: which field; ``""`` is the whole service.
        code: the name of the manager's gRPC status: ``InvalidArgument``, ``Unimplemented``.
        kind: what is wrong, in one of the words of a ``FieldError``.
        reason: the manager's own words, without what may be a secret.
    """

    path: str
    code: str
    kind: Kind
    reason: str

    @property
    def summary(self) -> str:
        """The refusal in one sentence."""
        return f"is refused: {self.reason}" + (f" ({self.path})" if self.path else "")


def update_problems(
    old: pb.ServiceSpec, new: pb.ServiceSpec, *, release: AnyRelease = None
) -> tuple[InvalidSpec, ...]:
    """Why a manager refuses the update, in its order; as far as the two specs decide it."""
    return (
        *service_spec_problems(new, release=release),
        *service_spec_update_problems(old, new, release=release),
    )


def refusal(problem: InvalidSpec) -> Refusal:
    """The refusal that tells of ``problem``, without what may be a secret."""
    reason = problem.reason
    if _ENV.search(problem.path):
        # the text quotes the whole variable, and the template in it
        reason = f"{reason.partition(': ')[0]}: {HIDDEN}"
    reason = masked(_MAP_ENTRY.sub(rf'\1"{HIDDEN}"', reason))
    return Refusal(path=problem.path, code=problem.code, kind=problem.kind, reason=reason)
