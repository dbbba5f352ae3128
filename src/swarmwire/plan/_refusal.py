"""Why a manager refuses an update, as a plan tells it."""

import re

import msgspec

from swarmwire.errors import InvalidSpec, Kind
from swarmwire.plan._shown import HIDDEN, masked

_ENV = re.compile(r"\bEnv\[\d+\]$")
_MAP_ENTRY = re.compile(r'(expanding map entry "(?:[^"\\]|\\.)*"=)"(?:[^"\\]|\\.)*".*', re.DOTALL)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for which a manager refuses an update.

    Attributes:
        path: which field; ``""`` is the whole service.
        code: the name of the manager's gRPC status: ``InvalidArgument``, ``Unimplemented``.
        kind: what is wrong, in one of the six words of a ``FieldError``.
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


def refusal(problem: InvalidSpec) -> Refusal:
    """The refusal that tells of ``problem``."""
    reason = problem.reason
    if _ENV.search(problem.path):
        # the text quotes the whole variable, and the template in it
        reason = f"{reason.partition(': ')[0]}: {HIDDEN}"
    reason = masked(_MAP_ENTRY.sub(rf'\1"{HIDDEN}"', reason))
    return Refusal(path=problem.path, code=problem.code, kind=problem.kind, reason=reason)
