"""What is said of a stack file's deploy: the proof, as data. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

from swarmwire.plan import Difference

Verdict = Literal["kept", "restarts", "created", "refused", "left out"]
"""What a deploy does to one service; see ``ServiceProof``."""


class ServiceProof(msgspec.Struct, frozen=True, kw_only=True):
    """What a deploy does to one service.

    Attributes:
        service: its full name.
        verdict: ``kept``: no task is replaced; ``restarts``; ``created``: a new service would stand
            beside it; ``refused``; ``left out``: the file does not hold it.
        tasks: how many tasks it has; None if that is not known.
        restarts: how many of them are replaced; None if that is not known.
        summary: the same in a sentence.
        unsaid: every difference that a deploy makes: what the file cannot say, and what comes of
            it.
    """

    service: str
    verdict: Verdict
    tasks: int | None
    restarts: int | None
    summary: str
    unsaid: tuple[Difference, ...] = ()


class ObjectProof(msgspec.Struct, frozen=True, kw_only=True):
    """What the file cannot say of a network, secret or config that it defines.

    A deploy leaves a network as it is, and changes no more of secrets and configs than labels.

    Attributes:
        kind: ``network``, ``secret`` or ``config``.
        name: its full name.
        is_new: whether there is none yet, so that a deploy makes it.
        unsaid: the paths of what differs.
    """

    kind: str
    name: str
    is_new: bool = False
    unsaid: tuple[str, ...] = ()


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What a deploy of a stack file does to what it was made from. ``msgspec.json`` writes it.

    Attributes:
        stack: the stack's name.
        holds: whether no task is replaced, and nothing refused, new or left out.
        summary: ``re-deploying this file restarts 0 of 14 tasks``.
        tasks: the tasks of all services; None if they are not known.
        restarts: how many of them are replaced; None if that is not known.
        services: service by service, in the order of names.
        objects: networks, secrets and configs of which something is to be told.
        notes: what else should be known, in sentences.
    """

    stack: str
    holds: bool
    summary: str
    tasks: int | None
    restarts: int | None
    services: tuple[ServiceProof, ...]
    objects: tuple[ObjectProof, ...] = ()
    notes: tuple[str, ...] = ()


def proof_of(
    stack: str,
    services: Sequence[ServiceProof],
    objects: Sequence[ObjectProof],
    notes: Sequence[str],
) -> Proof:
    """The proof, from all its parts."""
    tasks = _sum(each.tasks for each in services)
    restarts = _sum(each.restarts for each in services)
    return Proof(
        stack=stack,
        holds=all(each.verdict == "kept" for each in services),
        summary="; ".join((_counted(services, tasks, restarts), *_besides(services))),
        tasks=tasks,
        restarts=restarts,
        services=tuple(services),
        objects=tuple(objects),
        notes=tuple(notes),
    )


def _sum(counts: Iterator[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def _counted(services: Sequence[ServiceProof], tasks: int | None, restarts: int | None) -> str:
    text = "re-deploying this file restarts"
    if tasks is not None and restarts is not None:
        return f"{text} {restarts} of {tasks} task{'' if tasks == 1 else 's'}"
    touched = [each.service for each in services if each.restarts != 0]
    return f"{text} tasks of {', '.join(touched)}" if touched else f"{text} no task"


def _besides(services: Sequence[ServiceProof]) -> Iterator[str]:
    for verdict, text in _BESIDES.items():
        names = [each.service for each in services if each.verdict == verdict]
        if names:
            yield f"{text} {', '.join(names)}"


_BESIDES: Final[dict[Verdict, str]] = {
    "created": "it does not take over",
    "refused": "it is refused because of",
    "left out": "it cannot hold",
}
