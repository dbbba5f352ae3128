"""A set of rules: what is opened of the built-in one, which denies everything. Pure data."""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from swarmwire.policy.catalogue import RULES, SHORT_IDS
from swarmwire.policy.patterns import matches
from swarmwire.rules import Constraint

_AT_MOST: Final = re.compile(r"([^<>=]+)<=(-?[0-9]{1,18})")


class Allowance(NamedTuple):
    """One item of ``allow``: ``cap.add:NET_BIND_SERVICE``, ``ulimit:nofile<=65536``, ``oom``.

    Attributes:
        rule: the id of the rule that it opens.
        name: for what: a pattern; nothing if the rule is opened as a whole.
        value: a pattern of values, for labels; None if any will do.
        most: the largest number, where the rule has one.
    """

    rule: str
    name: str = ""
    value: str | None = None
    most: int | None = None


def parse_allowance(text: str) -> Allowance:
    """An item of ``allow``.

    Raises:
        ValueError: no such rule, one that nothing opens so, or not in the rule's form.
    """
    given, colon, name = text.partition(":")
    id_ = SHORT_IDS.get(given, given)
    rule = RULES.get(id_)
    if rule is None:
        raise ValueError(f"there is no rule {given!r}{_meant(given)}")
    if not rule.form:
        how = "nothing opens it" if not rule.opened_by else f"it is opened by {rule.opened_by}"
        raise ValueError(f"allow does not open {id_}: {how}")
    if rule.form == "plain":
        if colon:
            raise ValueError(f"{id_} is opened as a whole: write {given!r} alone")
        return Allowance(id_)
    if not name:
        raise ValueError(
            f"say for what: {given}:NAME{'<=NUMBER' if rule.form == 'at most' else ''}"
        )
    if rule.form == "at most":
        found = _AT_MOST.fullmatch(name)
        if found is None:
            raise ValueError(f"say how much at most: {given}:NAME<=NUMBER")
        return Allowance(id_, found[1], most=int(found[2]))
    if id_ == "label.automation" and "=" in name:
        key, _, value = name.partition("=")
        return Allowance(id_, key, value)
    return Allowance(id_, name.upper().removeprefix("CAP_") if id_ == "cap.add" else name)


def _meant(given: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    near = get_close_matches(given, (*RULES, *SHORT_IDS), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


class BindFolder(NamedTuple):
    """A folder of nodes that tasks may mount, with all that is below it."""

    path: str
    read_only: bool


@dataclass(frozen=True)
class MountLimits:
    """What may be mounted.

    Attributes:
        volumes: whether volumes may, named as the stack's or as ``use`` lists them.
        bind: folders of nodes.
        tmpfs: how many bytes a tmpfs may take; None if there may be none.
    """

    volumes: bool = False
    bind: tuple[BindFolder, ...] = ()
    tmpfs: int | None = None


@dataclass(frozen=True)
class Maxima:
    """The most of each; None for no limit.

    Attributes:
        replicas: tasks of a service, or of a job at all.
        memory: bytes that a task may be limited to, or reserve.
        cpus: in billionths of a CPU.
        pids: processes of a task.
        ports: published ports of all services of a stack.
        services: services of a stack.
        networks: networks of a stack.
        secrets: secrets of a stack.
        configs: configs of a stack.
        stacks: stacks of a client; None for as many as it names, or for 100 if it has a pattern.
    """

    replicas: int = 100
    memory: int | None = None
    cpus: int | None = None
    pids: int | None = None
    ports: int | None = None
    services: int = 100
    networks: int = 100
    secrets: int = 100
    configs: int = 100
    stacks: int | None = None


@dataclass(frozen=True)
class RuleSet:
    """What is opened; made with no arguments, nothing is.

    Attributes:
        name: as the file calls it; ``strict`` is built in.
        images: patterns of references in full.
        require: words of what a service must have: ``digest``, ``limits``, ``non-root``,
            ``read-only``, ``no-new-privileges``; ``plan``: a dry run before it is written.
        constraints: constraints that a service must have.
        maxima: the most of each.
        ports: published ports of the mesh, as ranges.
        host: published ports in mode host, as ranges.
        mounts: what may be mounted.
        allow: exceptions of single rules.
        deny: words of what no write may do to running tasks: see ``DENIALS``.
    """

    name: str = "strict"
    images: tuple[str, ...] = ()
    require: frozenset[str] = frozenset()
    constraints: tuple[Constraint, ...] = ()
    maxima: Maxima = Maxima()
    ports: tuple[range, ...] = ()
    host: tuple[range, ...] = ()
    mounts: MountLimits = MountLimits()
    allow: tuple[Allowance, ...] = ()
    deny: frozenset[str] = frozenset()

    def opens(self, rule: str, name: str = "") -> bool:
        """Whether ``allow`` opens a rule, for a name if the rule is about some."""
        return any(
            item.rule == rule and (item.name == name or matches(item.name, name))
            for item in self.allow
        )

    def opens_value(self, rule: str, name: str, value: str) -> bool:
        """Whether ``allow`` opens a rule for a name with that value."""
        return any(
            item.rule == rule
            and matches(item.name, name)
            and (item.value is None or matches(item.value, value))
            for item in self.allow
        )

    def most(self, rule: str, name: str) -> int | None:
        """The largest number that ``allow`` gives for a name; None if it gives none."""
        given = [
            item.most
            for item in self.allow
            if item.rule == rule and item.most is not None and matches(item.name, name)
        ]
        return max(given, default=None)


STRICT: Final = RuleSet()
"""The built-in set: it opens nothing."""
REQUIREMENTS: Final = ("digest", "limits", "non-root", "read-only", "no-new-privileges", "plan")
"""The words of ``require``; ``constraint:EXPRESSION`` is the other form."""
DENIALS: Final = ("restart-all", "outage")
"""The words of ``deny``: no write restarts every task of a service; none stops them all at once."""
