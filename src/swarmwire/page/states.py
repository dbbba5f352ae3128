"""How states of tasks show: a letter, a shape and a colour, so that each alone is enough. Pure."""

from typing import Final, NamedTuple

from swarmwire import pb
from swarmwire.convert.enums import TASK_STATE


class StateMark(NamedTuple):
    """How a state shows.

    Attributes:
        word: the state as the engine calls it.
        letter: stands in the tile.
        shape: the class of its shape and colour.
    """

    word: str
    letter: str
    shape: str


_LETTERS: Final = {
    "new": ("N", "waits"),
    "pending": ("P", "waits"),
    "assigned": ("A", "comes"),
    "accepted": ("A", "comes"),
    "preparing": ("I", "comes"),
    "ready": ("Y", "comes"),
    "starting": ("S", "comes"),
    "running": ("R", "runs"),
    "complete": ("C", "done"),
    "shutdown": ("X", "ended"),
    "failed": ("F", "fails"),
    "rejected": ("J", "fails"),
    "remove": ("X", "ended"),
    "orphaned": ("O", "ended"),
}
MARKS: Final = {word: StateMark(word, *mark) for word, mark in _LETTERS.items()}
RUNNING: Final = TASK_STATE.words["running"]
COMPLETE: Final = TASK_STATE.words["complete"]


def mark_of(state: int) -> StateMark:
    """How a state shows, by SwarmKit's number; an unknown one as a question."""
    word = TASK_STATE.word.get(state, "")
    return MARKS.get(word) or StateMark(str(state), "?", "waits")


def is_current(task: pb.Task) -> bool:
    """Whether a task is to be there, or still is: all others are past."""
    if task.desired_state <= COMPLETE:
        return True
    return task.status.state <= RUNNING and bool(task.node_id)
