"""From what was asked for to a plan, and what is to be said of it."""

from typing import NamedTuple

from swarmwire.cli.exits import Unreadable
from swarmwire.cli.live.connection import opened
from swarmwire.cli.options import Where
from swarmwire.cli.planning.text import View
from swarmwire.cli.reading.services import ServiceText, load_service
from swarmwire.control.sync import BlockingControl
from swarmwire.placement import PlacementForecast
from swarmwire.plan import Plan, plan
from swarmwire.releases import Release
from swarmwire.update import LiveService, LiveUpdate, place_update, plan_rollback, plan_update
from swarmwire.update.sync import read_cluster


def connected(where: Where, *, secrets: bool = False) -> BlockingControl:
    """The manager there where the options say."""
    return BlockingControl(opened(where, secrets=secrets))


def of_files(
    old: str, new: str, *, hide_env: bool = False, release: Release | None = None
) -> tuple[View, tuple[str, ...]]:
    """The plan between two files, and warnings about them.

    Raises:
        Unreadable: a file does not hold one service.
    """
    if old == new == "-":
        raise Unreadable("standard input (-) can be read only once")
    before = load_service(old).parsed(release=release)
    after = load_service(new).parsed(before.spec.annotations.name, release)
    found = plan(
        before.service if before.is_whole else before.spec,
        after.spec,
        exact=before.is_message and after.is_message,
        hide_env=hide_env,
        release=release,
    )
    warnings = [f"{old}: {text}" for text in before.warnings]
    warnings += [f"{new}: {text}" for text in after.warnings]
    return View(found), tuple(warnings)


class WantedFiles(NamedTuple):
    """What a live service is to become, and how that is to be understood.

    Attributes:
        new: the file that says it; None for a rollback.
        base: what it was made from, if that is given.
        as_engine: take JSON as the engine would.
        hide_env: hide the values of environment variables.
        release: the engine of the managers; that of their leader if it is None.
    """

    new: ServiceText | None
    base: ServiceText | None = None
    as_engine: bool = False
    hide_env: bool = False
    release: Release | None = None


def wanted_files(
    new: str | None,
    base: str | None,
    *,
    as_engine: bool,
    hide_env: bool,
    release: Release | None,
) -> WantedFiles:
    """The files of ``plan`` and ``apply``, read.

    Raises:
        Unreadable: one cannot be read.
    """
    return WantedFiles(
        None if new is None else load_service(new),
        None if base is None else load_service(base),
        as_engine,
        hide_env,
        release,
    )


def of_live(live: LiveService, wanted: WantedFiles) -> tuple[LiveUpdate, tuple[str, ...]]:
    """The update of a live service, and warnings about the file; see ``update.plan_update``."""
    release = wanted.release or live.release
    if wanted.new is None:
        return plan_rollback(live, hide_env=wanted.hide_env, release=release), ()
    new = wanted.new.parsed_for(live.name, release)
    base = None if wanted.base is None else wanted.base.parsed_for(live.name, release)
    planned = plan_update(
        live,
        new.wanted,
        base=None if base is None else base.wanted,
        as_engine=wanted.as_engine,
        hide_env=wanted.hide_env,
        release=release,
    )
    return planned, tuple(f"{wanted.new.label}: {text}" for text in new.warnings)


def places_of(control: BlockingControl, planned: LiveUpdate) -> PlacementForecast | None:
    """Where the new tasks find a place; nothing is asked of the manager if there are none."""
    if not planned.moves_tasks:
        return None
    return place_update(planned, read_cluster(control, planned.live))


def view_of(
    planned: LiveUpdate,
    places: PlacementForecast | None = None,
    *,
    is_sent_anyway: bool = False,
) -> View:
    """What is shown of a planned update."""
    version = planned.manager_version or planned.release.name
    notes = (*_lost(planned.dropped, version), *_otherwise(planned.as_engine))
    return View(planned.plan, planned.live.hosts, notes, is_sent_anyway, places)


def _otherwise(engines: Plan | None) -> tuple[str, ...]:
    """What the file would do if it were sent through the Engine API as it is."""
    if engines is None:
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
