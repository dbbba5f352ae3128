"""The run of ``upgrade``: what is compared, between which releases, and the exit code."""

from typing import NamedTuple

import click
import msgspec

from swarmwire.cli import exits
from swarmwire.cli.exits import Stop, Unreadable
from swarmwire.cli.options import Where
from swarmwire.cli.planning import codes, usage
from swarmwire.cli.terminal import wants_color
from swarmwire.cli.upgrading.inputs import UpgradeInput, of_manager, of_paths
from swarmwire.cli.upgrading.text import as_text
from swarmwire.cli.writing import as_json, write
from swarmwire.errors import FieldError, render_path
from swarmwire.releases import Release
from swarmwire.upgrade import ServiceUpgrade, Upgrade, compare


class UpgradeRun(NamedTuple):
    """The arguments and options of ``upgrade``."""

    paths: tuple[str, ...]
    before: Release | None
    after: Release | None
    where: Where = Where()
    unlock_key_files: tuple[str, ...] = ()
    hide_env: bool = False
    everything: bool = False
    format: str = "text"


@codes.failing
def run_upgrade(run: UpgradeRun) -> int:
    """Compare and print; the exit code.

    Raises:
        Stop: with code 1 and the reason.
        UsageError: arguments that do not go together, or the engine of before is not known.
    """
    if run.paths and run.where != Where():
        raise click.UsageError("files are read without a manager: leave out --socket and the like")
    found = _compared(run, _input(run))
    if run.format == "json":
        write(as_json(document(found)))
    else:
        write(as_text(found, everything=run.everything, color=wants_color()), line=False)
    return code_of(found)


def _input(run: UpgradeRun) -> UpgradeInput:
    if not run.paths:
        return of_manager(run.where)
    try:
        return of_paths(run.paths, run.unlock_key_files)
    except Stop as err:
        raise Stop(usage.ERROR, err.message) from err


def _compared(run: UpgradeRun, given: UpgradeInput) -> Upgrade:
    before = run.before or given.release
    if before is None:
        raise click.UsageError("it is not known which engine this is of: say --from RELEASE")
    try:
        return compare(
            given.services,
            before=before,
            after=run.after,
            tasks=given.tasks,
            nodes=given.nodes,
            hide_env=run.hide_env,
        )
    except FieldError as err:
        index, *steps = err.steps
        where = render_path(tuple(steps))
        reason = f"{where}: {err.reason}" if where else err.reason
        raise Unreadable(f"{given.labels[int(str(index))]}: {reason}") from err


def code_of(found: Upgrade) -> int:
    """The exit code: that of the worst service."""
    return max((_code(each) for each in found.services), key=_RANK.index, default=exits.CLEAN)


_RANK = (exits.CLEAN, usage.CHANGES, usage.RESTARTS, usage.ERROR)


def _code(each: ServiceUpgrade) -> int:
    if each.verdict in ("refused", "unknown") or each.faults:
        return usage.ERROR
    if each.verdict == "restarts":
        return usage.RESTARTS
    is_same = not (each.changes or each.honoured or each.dropped or each.shown or each.hazards)
    return exits.CLEAN if is_same else usage.CHANGES


def document(found: Upgrade) -> dict[str, object]:
    """The comparison as JSON has it."""
    plain: dict[str, object] = msgspec.to_builtins(found)
    return plain
