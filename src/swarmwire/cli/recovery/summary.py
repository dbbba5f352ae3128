"""What was written into a bundle and what was not, for people and for programs. Pure."""

from collections.abc import Iterable, Iterator
from shlex import quote
from typing import NamedTuple

from swarmwire.bundle import Bundle, LeftOut, logins
from swarmwire.cli.recovery.blocks import Block, findings, not_here
from swarmwire.cli.tables import Table, table
from swarmwire.cli.terminal import one_line
from swarmwire.networks import special
from swarmwire.raftstore import StoreFinding


class WrittenBundle(NamedTuple):
    """A bundle that was written.

    Attributes:
        target: its folder.
        bundle: what is in it.
        files: the names of its files.
        left_out: what was there and was not asked for.
        not_there: what was asked for and was not there.
        findings: what was amiss with the files it was read from.
        not_recoverable: what is in no manager's folder.
    """

    target: str
    bundle: Bundle
    files: list[str]
    left_out: list[LeftOut]
    not_there: list[LeftOut]
    findings: list[StoreFinding]
    not_recoverable: list[str]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing from it that the manager knew."""
        return not any(each.loses for each in self.findings)


def summary(written: WrittenBundle) -> Iterator[tuple[str, Block]]:
    """The parts, each with its title."""
    yield "", _head(written)
    if written.not_there:
        names = ", ".join(each.what for each in written.not_there)
        yield "Asked for, but not there", f"{names}\n"
    if written.left_out:
        yield "There, but not asked for", left_out_table(written.left_out)
    if written.findings:
        yield "Problems (! means that something is lost)", findings(written.findings)
    yield "Not in a manager's folder, so not recovered", not_here(written.not_recoverable)
    yield "Next", _next(written)


def left_out_table(left_out: Iterable[LeftOut]) -> Table:
    """What is there, with the option that writes it."""
    return table(
        "WHAT|HOW MANY|OPTION", [(each.what, str(each.count), each.flag) for each in left_out]
    )


def counts(bundle: Bundle) -> dict[str, int]:
    """How many of each there are; those that there are none of are left out.

    Networks that every swarm and node has by itself are not counted.
    """
    keys = bundle.keys
    removed = bundle.deleted
    found = {
        "service": len(bundle.services),
        "network": sum(not special(each) for each in bundle.networks),
        "secret": len(bundle.secrets),
        "config": len(bundle.configs),
        "node": len(bundle.nodes),
        "registry login": logins(bundle.services),
        "join token": bool(keys.worker_token) + bool(keys.manager_token),
        "root CA key": int(bool(keys.ca_key)),
        "unlock key": int(bool(keys.unlock_key)),
        "removed object": sum(counts(removed).values()) if removed is not None else 0,
    }
    return {name: count for name, count in found.items() if count}


def _head(written: WrittenBundle) -> str:
    parts = [f"{count} {name}{'s' * (count > 1)}" for name, count in counts(written.bundle).items()]
    what = ", ".join(parts) or "no objects"
    whole = "" if written.is_whole else "NOT COMPLETE: something is lost, see below.\n"
    return one_line(f"Wrote {written.target}: {what}, {len(written.files)} files.") + f"\n{whole}"


def _next(written: WrittenBundle) -> str:
    target = quote(one_line(written.target))
    lines = [
        "Look through it. You may edit the create bodies (.json) before you restore.",
        f"On a manager of the new swarm: swarmwire restore {target}",
    ]
    if written.bundle.has_secrets:
        lines.append("It holds secrets in plain text. Only you can read it: keep it that way.")
    return "".join(f"{line}\n" for line in lines)
