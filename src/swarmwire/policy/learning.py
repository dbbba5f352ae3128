"""A policy from what a client was seen to ask for: as little as lets all of it through. Pure.

It is a draft for people: what opens a way out stands there with what it gives. What no policy opens
is told in comments.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from swarmwire import pb
from swarmwire.policy.catalogue import RULES
from swarmwire.policy.client import READABLE, WRITABLE
from swarmwire.policy.policy import Policy
from swarmwire.policy.ruleset import parse_allowance
from swarmwire.policy.scope import STACK_LABEL, Lookup
from swarmwire.policy.violation import Opening, toml_value

_ROUNDS: Final = 5
"""Some openings show others; more rounds than this find nothing new."""
_SINGLE: Final = ("max.", "mounts.tmpfs", "mounts.volumes")
_CPUS: Final = 1_000_000_000


class ObservedWrite(NamedTuple):
    """A write that a client asked for; see ``PolicyClient.judge_write``."""

    operation: str
    kind: str
    new: pb.Message | None
    old: pb.Message | None = None


def learn(  # noqa: PLR0913 - all that was seen, by name
    name: str,
    reads: Iterable[str],
    writes: Sequence[ObservedWrite],
    *,
    identity: str,
    lookup: Lookup | None = None,
    shown: Sequence[tuple[str, pb.Message]] = (),
    lists_all: bool = False,
) -> str:
    """The text of a policy that lets through what was seen.

    Args:
        name: what to call the client.
        reads: kinds of objects that it read, as ``PolicyClient.may_read`` takes them.
        writes: what it asked to write, in any order.
        identity: a line of the client's table that says who it is: ``socket = "/run/x.sock"``.
        lookup: gives stored networks, secrets and configs, as for ``judge_write``.
        shown: kinds and stored objects that it was shown.
        lists_all: whether it listed all objects of a kind: who only reads wants to see all.
    """
    draft = _Draft(name, sorted(_words(reads)), identity)
    for write in writes:
        draft.open(Opening("stacks", stack) for stack in _stacks_of(write) if "*" not in stack)
    refused: dict[str, str] = {}
    for _ in range(_ROUNDS):
        client = Policy.load(draft.text(refused)).clients[name]
        found = [
            violation
            for write in writes
            for violation in client.judge_write(
                write.operation, write.kind, write.new, write.old, lookup=lookup
            )
        ]
        usable = [one.opening for one in found if one.opening and draft.takes(one.opening)]
        refused = {one.rule: one.text for one in found if one.opening not in usable}
        if not draft.open(usable):
            break
    client = Policy.load(draft.text(refused)).clients[name]
    unseen = {_sight_of(one) for kind, one in shown if not client.sees(kind, one)}
    if lists_all and not writes:
        unseen.add("all")
    draft.see(unseen)
    return draft.text(refused)


def _words(reads: Iterable[str]) -> set[str]:
    given = {word if word in READABLE else f"{word}s" for word in reads}
    return given & set(READABLE)


def _stacks_of(write: ObservedWrite) -> Iterator[str]:
    for message in (write.old, write.new):
        spec: Any = getattr(message, "spec", message)
        annotations = getattr(spec, "annotations", None)
        stack = "" if annotations is None else annotations.labels.get(STACK_LABEL, "")
        if stack:
            yield stack


def _sight_of(message: Any) -> str:
    """The item of ``see`` that shows an object and as little else as it can."""
    if isinstance(message, pb.Task):
        labels = message.service_annotations.labels
    else:
        labels = message.spec.annotations.labels
    stack = labels.get(STACK_LABEL, "")
    return f"stack:{stack}" if stack and "*" not in stack else "all"


class _Draft:
    """What is open so far, by the key that holds it."""

    def __init__(self, name: str, reads: list[str], identity: str) -> None:
        self._name = name
        self._reads = reads
        self._identity = identity
        self._open: dict[str, list[str | int]] = {}
        self._sights: list[str] = []

    def takes(self, opening: Opening) -> bool:
        """Whether a policy can say it: values come from clients, and may be anything.

        A name that holds ``*`` would open all that are like it.
        """
        if _is_pattern(opening):
            return False
        alone = _Draft("x", [], "uid = [1]")
        alone.open(Opening("stacks", stack) for stack in self._values("stacks"))
        alone.open([opening])
        try:
            Policy.load(alone.text({}))
        except ValueError:
            return False
        return True

    def see(self, sights: Iterable[str]) -> None:
        """Show more objects of others."""
        found = set(sights)
        self._sights = ["all"] if "all" in found else sorted(found)

    def open(self, openings: Iterable[Opening]) -> bool:
        """Open more; whether anything was not open yet."""
        is_new = False
        for opening in openings:
            values = self._open.setdefault(opening.key, [])
            if opening.value in values:
                continue
            is_new = True
            if opening.key.startswith(_SINGLE):
                values[:] = [max((*values, opening.value), key=_size)]
            else:
                values.append(opening.value)
        return is_new

    def text(self, refused: dict[str, str]) -> str:
        """The policy, with what no policy opens in comments."""
        lines = ["version = 1", "", f"[clients.{self._name}]", self._identity]
        lines += self._lists("read", self._reads)
        for line in self._lists("see", self._sights):
            lines += ["# what it was shown of others; label:KEY=VALUE may be enough of it", line]
        writes = [word for word in WRITABLE if word in self._values("write")]
        lines += self._lists("write", writes)
        lines += self._lists("stacks", sorted(map(str, self._values("stacks"))))
        used = {key: values for key, values in self._open.items() if key.startswith("use.")}
        if used:
            shared = ", ".join(
                line
                for key, values in sorted(used.items())
                for line in self._lists(key.removeprefix("use."), sorted(map(str, values)))
            )
            lines.append(f"use = {{ {shared} }}")
        rules = list(self._rules())
        if rules:
            lines += [f"rules = {toml_value(self._name)}", "", f"[rules.{self._name}]", *rules]
        for rule, text in sorted(refused.items()):
            # what clients send must not end the comment
            told = "".join(char if char.isprintable() else "?" for char in text)
            lines.append(f"# never open: {rule}: {told}")
        return "\n".join(lines) + "\n"

    def _rules(self) -> Iterator[str]:
        for key in ("images", "ports", "host"):
            yield from self._lists(key, sorted(map(str, self._values(key))))
        most = {key: values[0] for key, values in self._open.items() if key.startswith("max.")}
        if most:
            inner = ", ".join(f"{key[4:]} = {_maximum(key, most[key])}" for key in sorted(most))
            yield f"max = {{ {inner} }}"
        mounts = [f"{key} = {text}" for key, text in self._mounts()]
        if mounts:
            yield f"mounts = {{ {', '.join(mounts)} }}"
        items = sorted(map(str, self._values("allow")))
        if items:
            yield "allow = ["
            for item in items:
                yield f"    {toml_value(item)},  # {_gives(item)}"
            yield "]"

    def _mounts(self) -> Iterator[tuple[str, str]]:
        if self._values("mounts.volumes"):
            yield "volumes", "true"
        folders = self._values("mounts.bind")
        if folders:
            yield "bind", f"[{', '.join(map(toml_value, sorted(map(str, folders))))}]"
        for size in self._values("mounts.tmpfs"):
            yield "tmpfs", toml_value(size)

    def _lists(self, key: str, values: Sequence[str]) -> list[str]:
        return [f"{key} = [{', '.join(map(toml_value, values))}]"] if values else []

    def _values(self, key: str) -> list[str | int]:
        return self._open.get(key, [])


def _is_pattern(opening: Opening) -> bool:
    value = str(opening.value)
    if opening.key == "images":
        return False  # a pattern of the tags, which is what it says
    return "*" in value and not value.startswith("mount.volume-options:")


def _size(value: str | int) -> int:
    return int(value.removesuffix("MiB")) if isinstance(value, str) else int(value)


def _maximum(key: str, value: str | int) -> str:
    return toml_value(int(value) / _CPUS if key == "max.cpus" else value)


def _gives(item: str) -> str:
    return RULES[parse_allowance(item).rule].risk
