"""Health checks that never pass, or that crash the worker's engine.

Source: moby daemon/health.go, getProbe and cmdProbe; daemon/cluster/executor/container
controller.go, Start: a task whose container has a test is running once that has passed.
"""

import re
from typing import Final

from swarmwire import pb
from swarmwire.rules._problems import Hazard, Hazards
from swarmwire.rules.go_text import lower

_KINDS: Final = ("CMD", "CMD-SHELL", "NONE")
_PLAIN_WORD: Final = r"[A-Za-z0-9_-]{0,32}"
_FIXED_IN: Final = "29"
_PANICS_UNTIL: Final = "29.0"


def health_check_hazards(check: pb.HealthConfig) -> Hazards:
    """A test without a kind that there is, or without a command."""
    if not check.test:
        return
    kind = check.test[0]
    if kind not in _KINDS:
        yield _of_unknown_kind(kind, alone=len(check.test) == 1)
    elif kind != "NONE" and len(check.test) == 1:
        yield from _without_command(kind)


def _of_unknown_kind(kind: str, *, alone: bool) -> Hazard:
    # what stands in the place of the kind may be a whole command, with a password in it
    shown = kind if re.fullmatch(_PLAIN_WORD, kind) else "…"
    reason = (
        f"Unknown healthcheck type '{shown}' (expected 'CMD'):"
        " the container never gets healthy, and the task stays in starting for ever"
    )
    return Hazard(("Test",), reason, "worker", fix=_advice(kind, alone=alone))


def _advice(kind: str, *, alone: bool) -> str:
    if kind.lstrip().startswith("["):
        return "write each text of the list as one of its own, not the whole list as one text"
    if lower(kind) in map(lower, _KINDS):
        return f'write "{kind.upper()}"'
    if alone and kind:
        return 'put "CMD-SHELL" in front of the command'
    if alone:
        return "leave Test out to keep the check of the image"
    return 'begin with "CMD", "CMD-SHELL" or "NONE"'


def _without_command(kind: str) -> Hazards:
    fix = f'put a command behind "{kind}", or leave Test out to keep the check of the image'
    never = "so that the container never gets healthy, and the task is replaced for ever"
    if kind == "CMD":
        older = "; engines before 29.5 crash on it instead"
        before = (
            "a health check without a command crashes the worker's engine (panic: runtime error:"
            " slice bounds out of range [1:0]), and then that of the next worker"
        )
    else:
        older = ""
        before = f"the shell of the health check is run without a command, {never}"
    yield Hazard(("Test",), before, "worker", fix, last=_PANICS_UNTIL)
    now = f"healthcheck for the container has no command, {never}{older}"
    yield Hazard(("Test",), now, "worker", fix, first=_FIXED_IN)
