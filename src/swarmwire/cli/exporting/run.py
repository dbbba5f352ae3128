"""The run of ``export``: which services, to which file, and the exit code."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
import msgspec

from swarmwire import pb
from swarmwire.cli import exits
from swarmwire.cli.exits import Stop, Unreadable
from swarmwire.cli.exporting.inputs import ExportInput, of_manager, of_paths
from swarmwire.cli.exporting.payloads import write_payloads
from swarmwire.cli.exporting.text import as_proof_text
from swarmwire.cli.options import Where
from swarmwire.cli.recovery.options import StoreRequest
from swarmwire.cli.writing import as_json, opened_output, write
from swarmwire.errors import SwarmwireError
from swarmwire.export import Export, ExportChoice, Proof, export, stacks_of
from swarmwire.releases import Release

RESTARTS: Final = 3
"""A deploy of the file would restart tasks, or the file does not hold all services."""
NO_STACK: Final = "services"
"""The stack that services are exported for that belong to none."""

_Groups = Mapping[str, tuple[pb.Service, ...]]


class ExportRun(NamedTuple):
    """The arguments and options of ``export``."""

    paths: tuple[str, ...]
    wanted: StoreRequest
    where: Where = Where()
    release: Release | None = None
    stack: str | None = None
    services: tuple[str, ...] = ()
    output: str | None = None
    folder: str | None = None
    tags: bool = False
    proof_only: bool = False
    format: str = "text"


class _Written(NamedTuple):
    """One exported stack, and where its file is; None if that goes to standard output."""

    found: Export
    target: str | None
    folder: str | None


def run_export(run: ExportRun) -> int:
    """Read, export, write; the exit code.

    Raises:
        Stop: with code 1 and the reason.
        UsageError: arguments that do not go together.
    """
    _refuse_contradictions(run)
    try:
        given = of_paths(run.paths, run.wanted) if run.paths else of_manager(run.where)
        written = list(_exported(run, given, _chosen(run, given)))
    except (SwarmwireError, Unreadable) as err:
        raise Stop(exits.REFUSED, str(err)) from err
    except Stop as err:
        code = err.code if err.code != exits.UNREADABLE else exits.REFUSED
        raise Stop(code, err.message) from err
    _write(run, written)
    return max((code_of(each.found.proof) for each in written), key=_RANK.index)


_RANK: Final = (exits.CLEAN, RESTARTS, exits.REFUSED)


def code_of(proof: Proof) -> int:
    """The exit code of one stack."""
    if any(each.verdict == "refused" for each in proof.services):
        return exits.REFUSED
    return exits.CLEAN if proof.holds else RESTARTS


def _refuse_contradictions(run: ExportRun) -> None:
    if run.paths and run.where != Where():
        raise click.UsageError("files are read without a manager: leave out --socket and the like")
    if not run.paths and run.wanted != StoreRequest():
        raise click.UsageError("options of recover are for a manager's folder: name one")
    if run.proof_only and (run.output is not None or run.folder is not None):
        raise click.UsageError("--proof-only writes no file: leave out -o and --files")


def _chosen(run: ExportRun, given: ExportInput) -> _Groups:
    groups = stacks_of(given.swarm.services)
    if run.stack is not None:
        if run.stack not in groups:
            raise Stop(exits.REFUSED, f"there is no stack {run.stack}{_others(groups)}")
        groups = {run.stack: groups[run.stack]}
    if run.services:
        groups = stacks_of(_named(run.services, [one for each in groups.values() for one in each]))
    if not groups:
        raise Stop(exits.REFUSED, "there are no services")
    return groups


def _others(groups: _Groups) -> str:
    names = [name for name in groups if name]
    return f"; there are {', '.join(names)}" if names else ""


def _named(names: Sequence[str], services: Sequence[pb.Service]) -> list[pb.Service]:
    """The services of these names, ids or beginnings of ids, each once."""
    found: dict[int, pb.Service] = {}
    for name in names:
        matches = [one for one in services if name in (one.spec.annotations.name, one.id)]
        matches = matches or [one for one in services if name and one.id.startswith(name)]
        if len(matches) != 1:
            reason = f"{len(matches)} services are called" if matches else "there is no service"
            raise Stop(exits.REFUSED, f"{reason} {name}")
        found[id(matches[0])] = matches[0]
    return list(found.values())


def _exported(run: ExportRun, given: ExportInput, groups: _Groups) -> Iterator[_Written]:
    has_room = run.proof_only or (run.format == "json" and run.output is None)
    is_folder = _is_folder(run.output)
    if len(groups) > 1 and not has_room and not is_folder:
        names = ", ".join(name or "(services of no stack)" for name in groups)
        reason = f"these are {len(groups)} stacks: {names}"
        raise click.UsageError(f"{reason}; choose one with --stack, or name a folder: -o DIR/")
    for group, services in groups.items():
        stack = group or NO_STACK
        target, folder = run.output, run.folder
        if is_folder and run.output is not None:
            target = str(Path(run.output, f"{stack}.yml"))
            folder = None if folder is None or len(groups) == 1 else str(Path(folder, stack))
        choice = ExportChoice(folder=_as_called(folder, target), tags=run.tags)
        found = export(given.swarm, stack, services, choice, release=run.release or given.release)
        yield _Written(found, target, folder)


def _is_folder(output: str | None) -> bool:
    return output is not None and (output.endswith("/") or Path(output).is_dir())


def _as_called(folder: str | None, target: str | None) -> str | None:
    """The folder as a stack file calls it, which looks for files from where it lies."""
    if folder is None:
        return None
    start = "." if target in (None, "-") else str(Path(str(target)).parent)
    path = os.path.relpath(folder, start)
    return path if path.startswith("..") else f"./{path}"


def _write(run: ExportRun, written: Sequence[_Written]) -> None:
    for each in written:
        if each.folder is not None:
            write_payloads(each.folder, each.found.payloads.values())
        if each.target not in (None, "-"):
            _write_file(str(each.target), each.found.text)
    if run.format == "json":
        write(as_json({"stacks": [_document(each) for each in written]}))
        return
    for each in written:
        is_shown = not run.proof_only and each.target in (None, "-")
        if is_shown:
            write(each.found.text, line=False)
        write(as_proof_text(each.found.proof), error=is_shown, line=False)


def _write_file(target: str, text: str) -> None:
    try:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        with opened_output(target) as stream:
            stream.write(text.encode())
    except OSError as err:
        raise Stop(exits.REFUSED, f"{target}: {exits.reason_of(err)}") from err
    except Stop as err:
        raise Stop(exits.REFUSED, err.message) from err


def _document(each: _Written) -> dict[str, Any]:
    """One stack as JSON has it; the text of its file, unless that was written."""
    file: dict[str, Any] = {"text": each.found.text}
    if each.target not in (None, "-"):
        file = {"file": each.target}
    proof: dict[str, Any] = msgspec.to_builtins(each.found.proof)
    return {**file, "payloads": sorted(each.found.payloads), "proof": proof}
