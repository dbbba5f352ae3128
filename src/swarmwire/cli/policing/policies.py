"""A policy file, read and understood; which of its clients is meant."""

import sys
from pathlib import Path

import click

from swarmwire.cli.exits import UNREADABLE, Stop, Unreadable, reason_of
from swarmwire.cli.terminal import one_line
from swarmwire.policy import Policy, PolicyClient, PolicyError


def policy_text(file: str) -> str:
    """The text of a policy file.

    Raises:
        Stop: it cannot be read, or is no text.
    """
    try:
        return read_bytes(file).decode("utf-8-sig")  # editors of Windows begin with a mark
    except Unreadable as err:
        raise Stop(UNREADABLE, str(err)) from err
    except UnicodeDecodeError as err:
        raise Stop(UNREADABLE, f"{file}: not UTF-8") from err


def read_bytes(file: str) -> bytes:
    """What a file, or standard input, holds.

    Raises:
        Unreadable: it cannot be read; with its name.
    """
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as err:
        raise Unreadable(f"{file}: {reason_of(err)}") from err


def usable_policy(file: str) -> Policy:
    """The policy of a file that must have nothing wrong.

    Raises:
        Stop: it cannot be read or used.
    """
    try:
        return Policy.load(policy_text(file))
    except PolicyError as err:
        first, more = err.problems[0], len(err.problems) - 1
        others = f"; and {more} more: swarmwire policy check {file}" if more else ""
        raise Stop(UNREADABLE, one_line(f"{file}: {first}{others}")) from err


def named_client(policy: Policy, name: str) -> PolicyClient:
    """The client of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in policy.clients:
        known = ", ".join(sorted(policy.clients))
        raise click.UsageError(f"the policy has no client {name!r}; it has {known}")
    return policy.clients[name]
