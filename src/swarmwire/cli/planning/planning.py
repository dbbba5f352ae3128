"""From what was asked for to a plan: two files, or a file and a live service."""

from typing import NamedTuple

from swarmwire import pb
from swarmwire.cli.exits import Unreadable
from swarmwire.cli.planning import inputs
from swarmwire.cli.planning.intent import intent, rebased
from swarmwire.cli.planning.known import drop_unknown, version_of
from swarmwire.cli.planning.manager import Snapshot, resolve_networks
from swarmwire.cli.planning.merge import copied, merge
from swarmwire.cli.planning.text import View
from swarmwire.cli.planning.write import Change, Conflict
from swarmwire.plan import Plan, plan


class Draft(NamedTuple):
    """A plan for a live service, and the spec that it would send."""

    spec: pb.ServiceSpec
    view: View


def of_files(old: str, new: str, *, hide_env: bool = False) -> tuple[View, tuple[str, ...]]:
    """The plan between two files, and warnings about them.

    Raises:
        Unreadable: a file does not hold one service.
    """
    if old == new == "-":
        raise Unreadable("standard input (-) can be read only once")
    before = inputs.read(old)
    after = inputs.read(new, before.spec.annotations.name)
    found = plan(
        before.service if before.is_whole else before.spec,
        after.spec,
        exact=before.is_message and after.is_message,
        hide_env=hide_env,
    )
    warnings = [f"{old}: {text}" for text in before.warnings]
    warnings += [f"{new}: {text}" for text in after.warnings]
    return View(found), tuple(warnings)


def of_live(
    now: Snapshot,
    wanted: inputs.Input,
    *,
    base: inputs.Input | None = None,
    as_engine: bool = False,
    hide_env: bool = False,
) -> Draft:
    """The plan for a live service; with ``base``, only what differs from that is wanted.

    Raises:
        Unreadable: a file names a network that is not there.
        Conflict: what the file changes was changed since ``base`` too.
    """
    written = _resolved(wanted, now)
    if base is not None:
        written = _on_top_of(_resolved(base, now), written, now.service.spec, wanted)
    notes: tuple[str, ...] = ()
    if not wanted.is_message:
        meant = intent(now.service.spec, written)
        written = meant.engine if as_engine else meant.spec
        if not as_engine and meant.engine != meant.spec:
            notes = _note(_planned(now, written), _planned(now, meant.engine))
    version = version_of(now.nodes)
    dropped = drop_unknown(written, version)
    view = View(
        _planned(now, written, hide_env=hide_env), now.hosts, (*_lost(dropped, version), *notes)
    )
    return Draft(written, view)


def _resolved(found: inputs.Input, now: Snapshot) -> pb.ServiceSpec:
    """The spec of a file, with IDs for names of networks."""
    written = copied(found.spec)
    resolve_networks(written, now.networks)
    return written


def _on_top_of(
    base: pb.ServiceSpec, written: pb.ServiceSpec, stored: pb.ServiceSpec, wanted: inputs.Input
) -> pb.ServiceSpec:
    merged = merge(base, written, stored) if wanted.is_message else rebased(stored, base, written)
    if merged.conflicts:
        raise Conflict(merged.conflicts, Change(base, written), stored)
    return merged.spec


def of_rollback(now: Snapshot, *, hide_env: bool = False) -> Draft:
    """The plan of a rollback to the spec before."""
    previous = now.service.previous_spec if now.service.HasField("previous_spec") else None
    found = plan(
        now.service,
        now.service.spec if previous is None else previous,
        tasks=now.tasks,
        nodes=now.nodes,
        names=now.names,
        hide_env=hide_env,
        rollback=True,
    )
    return Draft(now.service.spec, View(found, now.hosts))


def of_spec(now: Snapshot, spec: pb.ServiceSpec, *, hide_env: bool = False) -> View:
    """The plan for a live service that becomes ``spec``."""
    return View(_planned(now, spec, hide_env=hide_env), now.hosts)


def _planned(now: Snapshot, spec: pb.ServiceSpec, *, hide_env: bool = False) -> Plan:
    return plan(
        now.service,
        spec,
        tasks=now.tasks,
        nodes=now.nodes,
        names=now.names,
        hide_env=hide_env,
    )


def _note(ours: Plan, engines: Plan) -> tuple[str, ...]:
    """What the file would do if it were sent through the Engine API as it is."""
    if (ours.effect, ours.counts) == (engines.effect, engines.counts):
        return ()
    note = (
        "What the file leaves as docker inspect shows it is left as it is stored. Sent to the"
        f" Engine API as it is, the same file {engines.summary} (see --as-engine)."
    )
    return (note,)


def _lost(dropped: tuple[str, ...], version: str) -> tuple[str, ...]:
    """What the manager does not know."""
    if not dropped:
        return ()
    paths = ", ".join(dropped)
    return (f"The manager is of version {version} and drops what it does not know: {paths}.",)
