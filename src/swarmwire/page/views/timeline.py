"""The slots of a service over time: each task's life as bars of one hour at most. Pure."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from swarmwire.control.kinds import task_name
from swarmwire.page.history import KEPT, SECOND, TaskLife
from swarmwire.page.states import mark_of
from swarmwire.page.texts import seconds_in_words, shown

WIDTH: Final = 1000
"""Units of the drawing from its left to its right end."""
_SHORTEST: Final = 60 * SECOND
_NARROWEST: Final = 3
_MOST: Final = 100
_ROW: Final = 18


class StateBar(NamedTuple):
    """A state of a task: where it stands, how it looks, what it says."""

    x: int
    width: int
    y: int
    shape: str
    text: str


class SlotRow(NamedTuple):
    """One slot: its name, and where its line is."""

    name: str
    y: int


class Timeline(NamedTuple):
    """A drawing.

    Attributes:
        rows: the slots.
        bars: the states of their tasks.
        height: of the drawing.
        reach: how long ago its left end is, in words.
        left_out: how many slots are not drawn.
    """

    rows: Sequence[SlotRow]
    bars: Sequence[StateBar]
    height: int
    reach: str
    left_out: int


def timeline(lives: Sequence[TaskLife], hosts: dict[str, str], now: int) -> Timeline:
    """The drawing of these lives."""
    oldest = min((life.spans[0].begin for life in lives), default=now)
    reach = min(KEPT, max(_SHORTEST, _rounded(now - oldest)))
    rows: dict[tuple[int, str], SlotRow] = {}
    bars: list[StateBar] = []
    slots = {(life.task.slot, "" if life.task.slot else life.task.node_id) for life in lives}
    for life in lives:
        task = life.task
        key = task.slot, "" if task.slot else task.node_id
        if key not in rows:
            if len(rows) == _MOST:
                continue
            name = str(task.slot) if task.slot else hosts.get(task.node_id, "") or "-"
            rows[key] = SlotRow(shown(name, 16), len(rows) * _ROW)
        bars += _bars(life, rows[key].y, now - reach, reach, now)
    height = max(1, len(rows)) * _ROW
    words = seconds_in_words(reach / SECOND)
    return Timeline(list(rows.values()), bars, height, words, len(slots) - len(rows))


def _bars(life: TaskLife, y: int, begin: int, reach: int, now: int) -> list[StateBar]:
    bars = []
    for span in life.spans:
        end = now if span.end is None else span.end
        mark = mark_of(span.state)
        has_ended = mark.shape in ("fails", "ended", "done")
        if end < begin or (span.end is None and has_ended and span.begin < begin):
            continue
        left = round(WIDTH * max(0, span.begin - begin) / reach)
        right = round(WIDTH * max(0, end - begin) / reach)
        if has_ended:
            right = left
        left = min(left, WIDTH - _NARROWEST)
        text = f"{task_name(life.task) or life.task.id}: {mark.word}"
        if not has_ended:
            text = f"{text} for {seconds_in_words((end - span.begin) / SECOND)}"
        bars.append(StateBar(left, max(_NARROWEST, right - left), y, mark.shape, shown(text)))
    return bars


def _rounded(nanoseconds: int) -> int:
    """Up to whole minutes, so that the scale stands still for a while."""
    return -(-nanoseconds // _SHORTEST) * _SHORTEST
