"""How certain a plan is, and what would make it certain."""

from collections.abc import Iterator

import msgspec

from swarmwire.plan._draft import Draft


class Exactness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a plan is certain.

    Attributes:
        exact: True if a manager decides just so, as long as nothing changes until then.
        text: why, and what would make it exact.
    """

    exact: bool
    text: str


def exactness(draft: Draft, *, from_manager: bool, whole: bool) -> Exactness:
    """How certain a plan is.

    ``from_manager`` tells whether the messages are those of a manager, ``whole`` whether the
    service was given and not its spec alone.
    """
    missing = list(_missing(draft, from_manager=from_manager, whole=whole))
    if missing:
        return Exactness(exact=False, text="A guess. " + " ".join(missing))
    text = "Exact: made from a manager's own messages, by the rule by which it decides."
    return Exactness(exact=True, text=text)


def _missing(draft: Draft, *, from_manager: bool, whole: bool) -> Iterator[str]:
    if not from_manager:
        yield (
            "It is made from the Engine API's JSON, which hides some of what decides; messages"
            " read from a manager's socket would make it exact."
        )
    if draft.tasks is None:
        yield (
            "All tasks are taken to be there, to run the current spec, and to have its endpoint;"
            " the tasks of the service would make it exact."
        )
    if draft.tasks is not None and not whole:
        yield "Only the spec of the service is known; the service would make it exact."
    if draft.nodes is None and _needs_nodes(draft):
        yield (
            "Which tasks go or stay depends on the nodes; the nodes of the swarm would make it"
            " exact."
        )
    if any(not verdict.sure for verdict in draft.verdicts):
        yield (
            "Several slots are equally good to be taken away; which of them go, only the manager"
            " knows."
        )


def _needs_nodes(draft: Draft) -> bool:
    everywhere = {"global", "global_job"}
    unknown = any(verdict.action == "unknown" for verdict in draft.verdicts)
    return draft.depends or unknown or draft.new.spec.WhichOneof("mode") in everywhere
