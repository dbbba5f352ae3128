"""What becomes of an object whose name is free, or taken, in the new swarm. Pure."""

from collections.abc import Sequence
from typing import Any

from swarmwire import pb
from swarmwire.bundle.restore._comparison import gaps_of
from swarmwire.bundle.restore._destination import Destination
from swarmwire.bundle.restore._options import Options
from swarmwire.bundle.restore._steps import Action, Gap, Kind, Message, Step
from swarmwire.bundle.restore._swarm import name_of

UNREADABLE_PAYLOAD = "its payload cannot be read back: whether it is the same is not known"

_SHOWN = 3


def judged(kind: Kind, old: Message, to: Destination, wanted: Any) -> Step | None:
    """The step of an object that is there already; None if it is not.

    ``wanted`` is the spec as it would be sent.
    """
    created = to.made(kind, old.id)
    found = created or to.swarm.named(kind, name_of(old))
    if found is None:
        return None
    gaps = gaps_of(kind, wanted, found)
    action = action_for(kind, gaps, to.options, ours=created is not None)
    return Step(
        kind=kind,
        name=name_of(old),
        old_id=old.id,
        action=action,
        id=found.id,
        why=why(action, gaps, ours=created is not None),
        notes=(UNREADABLE_PAYLOAD,) if is_unsure(found, ours=created is not None) else (),
        gaps=gaps,
    )


def action_for(kind: Kind, gaps: Sequence[Gap], options: Options, *, ours: bool) -> Action:
    """What to do with something that is there: what we made ourselves is what was wanted."""
    if ours or not gaps:
        return "present"
    return "use" if options.use_existing and kind != "service" else "differs"


def why(action: Action, gaps: Sequence[Gap], *, ours: bool = False) -> str:
    """The reason in words."""
    paths = _in_short(gaps)
    match action:
        case "present" if gaps:
            return f"created by an earlier run, and differs now: {paths}"
        case "present" if ours:
            return "created by an earlier run"
        case "use":
            return f"differs in {paths}"
        case "differs":
            return f"differs in {paths}; left alone"
        case _:
            return ""


def _in_short(gaps: Sequence[Gap]) -> str:
    """The first few paths, and how many more there are."""
    paths = list(dict.fromkeys(gap.path for gap in gaps))
    more = len(paths) - _SHOWN
    # "and 1 more" is no shorter than the path
    return ", ".join(paths) if more <= 1 else f"{', '.join(paths[:_SHOWN])} and {more} more"


def is_unsure(found: Any, *, ours: bool) -> bool:
    """Whether it has a payload that nobody can compare."""
    return isinstance(found, pb.Secret) and not ours and not found.spec.HasField("driver")
