"""The run of ``recover``: read, then list or write; and its exit code."""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import pb
from swarmwire.bundle import (
    USABLE,
    About,
    BundleFile,
    Choice,
    Source,
    bundle_from_store,
    files_of,
    inventory_of,
    left_out,
    not_recoverable,
    not_there,
    rfc3339,
)
from swarmwire.cli import exits
from swarmwire.cli.recovery.blocks import show
from swarmwire.cli.recovery.folder import refuse_target, write_folder
from swarmwire.cli.recovery.listing import listing
from swarmwire.cli.recovery.options import StoreRequest
from swarmwire.cli.recovery.reading import read_store, store_options
from swarmwire.cli.recovery.summary import WrittenBundle, counts, left_out_table, summary
from swarmwire.cli.times import age
from swarmwire.cli.writing import as_json, write
from swarmwire.raftstore import KINDS, Recovery

LOST: Final = 1
"""Something was recovered, and something is lost."""


class RecoverRun(NamedTuple):
    """What is to be recovered, and what is to become of it.

    Attributes:
        path: the manager's folder, or a tar.
        wanted: what to read of it, and with which keys.
        target: the folder of the bundle; None if none is wanted.
        chosen: what was asked for besides the services, by its name in a ``Choice``, or ``all_``.
        is_listed: whether to list what there is.
        format: ``text`` for people, ``json`` for programs.
    """

    path: str
    wanted: StoreRequest
    target: str | None
    chosen: Mapping[str, bool]
    is_listed: bool
    format: str

    @property
    def unpack_into(self) -> Path | None:
        """In which folder a tar is unpacked: where the bundle comes to be, or the system's."""
        if self.target is None or self.wanted.in_memory:
            return None
        return Path(os.path.abspath(self.target)).parent  # noqa: PTH100 - as the bundle's own

    @property
    def choice(self) -> Choice:
        """What goes into the bundle."""
        everything = dict.fromkeys(USABLE, True) if self.chosen["all_"] else {}
        return replace(self.named, **everything)

    @property
    def named(self) -> Choice:
        """What of it was asked for by its own option."""
        return Choice(**{name: each for name, each in self.chosen.items() if name != "all_"})


def run_recover(run: RecoverRun) -> int:
    """Read, list, write; the exit code.

    Raises:
        Stop: nothing can be read, or the bundle cannot be written.
    """
    if run.target is not None:
        refuse_target(run.target)
    recovery = read_store(run.path, store_options(run.wanted, run.unpack_into), run.format)
    _refuse_nothing(run, recovery)
    written = None if run.target is None else _write(recovery, run, run.target)
    if run.format == "json":
        write(as_json(_as_data(run, recovery, written)))
    else:
        _print(run, recovery, written)
    return exits.CLEAN if recovery.is_whole else LOST


def _refuse_nothing(run: RecoverRun, recovery: Recovery) -> None:
    """A mistaken year is not to give an empty bundle, and the exit code of success.

    Raises:
        Stop: the wanted state is one of before the first object.
    """
    is_earlier = run.wanted.at is not None or run.wanted.until is not None
    if is_earlier and not any(recovery.store.of(kind) for kind in KINDS):
        position = recovery.position
        where = f"at index {position.index} of {position.last_index}"
        raise exits.Stop(exits.UNREADABLE, f"{run.path}: nothing had been written yet {where}")


def _write(recovery: Recovery, run: RecoverRun, target: str) -> WrittenBundle:
    store, choice = recovery.store, run.choice
    written = WrittenBundle(
        target=target,
        bundle=bundle_from_store(store, choice, recovery.deleted),
        files=[],
        left_out=left_out(store, choice),
        not_there=not_there(store, run.named),
        findings=recovery.findings,
        not_recoverable=not_recoverable(store),
    )
    about = About(
        version=version("swarmwire"),
        source=_source(recovery),
        findings=written.findings,
        left_out=written.left_out,
        not_recoverable=written.not_recoverable,
    )

    def noted(file: BundleFile) -> BundleFile:
        written.files.append(file.name)
        return file

    write_folder(target, map(noted, files_of(written.bundle, about)))
    return written


def _source(recovery: Recovery) -> Source:
    cluster = next(iter(recovery.store.clusters.values()), pb.Cluster())
    position = recovery.position
    return Source(
        cluster_id=cluster.id,
        cluster_name=cluster.spec.annotations.name,
        node_id=recovery.myself.node_id,
        index=position.index,
        term=position.term,
        commit=position.commit,
        updated_at=rfc3339(position.updated_at),
    )


def _as_data(run: RecoverRun, recovery: Recovery, written: WrittenBundle | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if run.is_listed:
        found = msgspec.to_builtins(inventory_of(recovery))
    if written is not None:
        found["bundle"] = {
            "folder": written.target,
            "is_whole": written.is_whole,
            "counts": counts(written.bundle),
            "files": written.files,
            "left_out": msgspec.to_builtins(written.left_out),
            "not_there": msgspec.to_builtins(written.not_there),
            "findings": msgspec.to_builtins(written.findings),
            "not_recoverable": written.not_recoverable,
        }
    return found


def _print(run: RecoverRun, recovery: Recovery, written: WrittenBundle | None) -> None:
    if run.is_listed:
        show(listing(inventory_of(recovery), age(recovery.position.updated_at, time.time())))
        write("")
    if written is not None:
        show(summary(written))
    else:
        optional = left_out(recovery.store, Choice())
        title = "-o OUT writes the services into a folder. These options add more"
        show([(title, left_out_table(optional))] if optional else [])


class Compared(NamedTuple):
    """What to compare with, and how: see ``DiffRun``."""

    other: str
    tasks: bool
    hide_env: bool
    format: str


def run_compare(path: str, wanted: StoreRequest, compared: Compared) -> int:
    """Compare a folder with another one or a live manager; the exit code.

    Raises:
        Stop: one of the two cannot be read.
    """
    from swarmwire.cli.recovery.differences import DiffRun, run_diff  # noqa: PLC0415 - see __main__

    options = store_options(wanted)
    recovery = read_store(path, options, compared.format)
    run = DiffRun(
        other=compared.other,
        options=options,
        tasks=compared.tasks,
        hide_env=compared.hide_env,
        format="json" if compared.format == "json" else "table",
    )
    return run_diff(recovery, path, run)
