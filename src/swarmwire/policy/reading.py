"""A policy file, from text to clients; everything that is wrong with it at once."""

import re
from typing import Final, NamedTuple

from swarmwire.policy.client import READABLE, WRITABLE, PolicyClient
from swarmwire.policy.errors import PolicyError, PolicyProblem
from swarmwire.policy.file_tables import PolicyTable
from swarmwire.policy.hiding import HIDEABLE
from swarmwire.policy.identity import CERTIFICATE_KINDS, ClientIdentity
from swarmwire.policy.limits import Rate
from swarmwire.policy.rivals import shadowed_stacks
from swarmwire.policy.ruleset import STRICT, RuleSet
from swarmwire.policy.ruleset_reading import read_rule_sets
from swarmwire.policy.scope import Uses
from swarmwire.policy.sight import parse_sight
from swarmwire.policy.toml_lines import read_toml

_VERSION: Final = 1
_MODE: Final = re.compile("0?[0-7]{3}")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_NOT_HIDDEN: Final = {
    **dict.fromkeys(("env", "args", "options"), "services"),
    "config-data": "configs",
}
"""What a writer of these would send back with the values hidden."""


class AuditSettings(NamedTuple):
    """Where audit records go, and of what there are some.

    Attributes:
        file: the whole path; nothing if there are none.
        reads: whether what only reads is recorded, too.
    """

    file: str = ""
    reads: bool = False


def read_policy(text: str) -> tuple[dict[str, PolicyClient], AuditSettings]:
    """All clients by name, and what is said of audit records.

    Raises:
        PolicyError: everything that is wrong with it.
    """
    values, lines = read_toml(text)
    problems: list[PolicyProblem] = []
    top = PolicyTable(values, (), lines, problems)
    if top.value("version", int, 0) != _VERSION:
        top.problem(f"must be {_VERSION}", "version")
    audit = top.table("audit")
    file = audit.value("file", str, "")
    if top.has("audit") and not file.startswith("/"):
        audit.problem("must be the whole path of a file", "file")
    settings = AuditSettings(file, audit.value("reads", bool, False))
    audit.refuse_unknown()
    rules = read_rule_sets(top.tables("rules"))
    sections = top.tables("clients")
    clients = {name: _client(name, section, rules) for name, section in sections.items()}
    if not clients:
        top.problem("names no client, so that nobody may do anything", "clients")
    _refuse_same(clients, sections)
    _refuse_rivals(clients, sections)
    top.refuse_unknown()
    if problems:
        # what is about no line comes last
        found = sorted(set(problems), key=lambda one: (not one.line, *one))
        raise PolicyError(found)
    return clients, settings


def _client(name: str, section: PolicyTable, rules: dict[str, RuleSet]) -> PolicyClient:
    if not _NAME.fullmatch(name):
        section.problem("must be a name of letters, digits, dots, hyphens and underscores")
    chosen = section.value("rules", str, STRICT.name)
    if chosen not in rules:
        section.problem(f"there is no set of rules {chosen!r}", "rules")
    use = section.table("use")
    rate = section.table("rate")
    client = PolicyClient(
        name=name,
        identity=_identity(section),
        mode=_mode(section),
        group=section.value("group", str, ""),
        reads=frozenset(section.words("read", READABLE)),
        sights=section.read_each("see", parse_sight),
        hides=frozenset(section.words("hide", HIDEABLE)),
        writes=frozenset(section.words("write", WRITABLE)),
        stacks=section.texts("stacks"),
        use=Uses(*(use.texts(key) for key in ("networks", "secrets", "configs", "volumes"))),
        rules=rules.get(chosen, STRICT),
        rate=Rate(
            rate.number("requests", 1) or Rate().requests,
            rate.number("streams", 1) or Rate().streams,
            rate.size("body") or Rate().body,
            rate.number("connections", 1) or Rate().connections,
        ),
    )
    use.refuse_unknown()
    rate.refuse_unknown()
    section.refuse_unknown()
    _refuse_contradictions(client, section)
    return client


def _identity(section: PolicyTable) -> ClientIdentity:
    uids: list[int] = []
    for place, uid in enumerate(section.value("uid", list, [])):
        if isinstance(uid, bool) or not isinstance(uid, int) or not 0 <= uid < 2**32:
            section.problem("must be the number of a user", "uid", place)
        else:
            uids.append(uid)
    socket = section.value("socket", str, "")
    if section.has("socket") and not socket.startswith("/"):
        section.problem("must be the whole path of a socket", "socket")
    names = section.read_each("cert", _certificate_name)
    if not any(section.has(key) for key in ("socket", "cert", "uid")):
        section.problem("needs socket, cert or uid: nobody could be this client")
    for key, given in (("cert", names), ("uid", uids)):
        if section.has(key) and not given:
            section.problem("is empty: nobody could be this client", key)
    return ClientIdentity(socket, frozenset(names), frozenset(uids))


def _certificate_name(text: str) -> str:
    kind, equals, value = text.partition("=")
    if kind not in CERTIFICATE_KINDS or not equals or not value:
        raise ValueError(f"must be {', '.join(f'{kind}=NAME' for kind in CERTIFICATE_KINDS)}")
    return text


def _mode(section: PolicyTable) -> int:
    text = section.value("mode", str, "0660")
    if not _MODE.fullmatch(text):
        section.problem("must be permissions such as 0660", "mode")
        return 0o660
    return int(text, 8)


def _refuse_contradictions(client: PolicyClient, section: PolicyTable) -> None:
    in_stacks = client.writes - {"nodes", "swarm"}
    if in_stacks and not client.stacks:
        section.problem("may write, but names no stacks", "write")
    for word in sorted(client.hides):
        if _NOT_HIDDEN[word] in client.writes:
            reason = (
                f"{word} cannot be hidden from who writes {_NOT_HIDDEN[word]}: they send it back"
            )
            section.problem(reason, "hide")
    for key in ("mode", "group"):
        if section.has(key) and not client.identity.socket:
            section.problem("belongs to a socket, and there is none", key)


def _refuse_same(clients: dict[str, PolicyClient], sections: dict[str, PolicyTable]) -> None:
    for name, client in clients.items():
        for other, its in clients.items():
            if name != other and any(its.identity) and its.identity.covers(client.identity):
                sections[name].problem(f"whoever is {name} is {other}, too, and would be refused")


def _refuse_rivals(clients: dict[str, PolicyClient], sections: dict[str, PolicyTable]) -> None:
    """Refuse what one client could take from another: by names alone two stacks are one."""
    for name, client in clients.items():
        for other, its in clients.items():
            if name == other or not its.writes:
                continue
            for found in shadowed_stacks(its.stacks, client.stacks):
                reason = (
                    f"{found.stack} and {found.shorter} of {other} are not told apart: "
                    f"{found.example} would be a name of both"
                )
                sections[name].problem(reason, "stacks", found.place)
