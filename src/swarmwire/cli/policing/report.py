"""What the policy commands say: tables for people, documents for programs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from swarmwire.cli.tables import Cell, Table, table
from swarmwire.cli.terminal import one_line, wrapped
from swarmwire.cli.writing import write, write_table
from swarmwire.policy import RULES, Policy, PolicyClient, PolicyViolation, Rule, paths_of

if TYPE_CHECKING:
    from swarmwire.cli.policing.writes import TriedWrite  # needs what reads stack files


class JudgedWrite(NamedTuple):
    """A write, and what it breaks."""

    tried: "TriedWrite"
    violations: tuple[PolicyViolation, ...]


def client_table(policy: Policy) -> Table:
    """Who the clients are and what they may do."""
    rows = [
        (
            client.name,
            identity_text(client),
            _words(client.reads),
            _words(client.writes),
            _words(client.stacks),
            client.rules.name if client.writes else "-",
        )
        for client in policy.clients.values()
    ]
    return table("CLIENT|WHO|READS|WRITES|STACKS|RULES", rows)


def identity_text(client: PolicyClient) -> str:
    """By what a client is told, in a few words."""
    identity = client.identity
    parts = [
        identity.socket,
        *sorted(identity.cert),
        *(f"uid {uid}" for uid in sorted(identity.uid)),
    ]
    return " ".join(filter(None, parts))


def _words(words: Any) -> str:
    return ",".join(sorted(words)) or "-"


def opened_table(policy: Policy) -> Table:
    """What the sets of rules open that is closed otherwise, and what each gives."""
    rows: list[tuple[str, str, str]] = []
    sets = {client.rules.name: client.rules for client in policy.clients.values()}
    for name, rules in sets.items():
        for folder in rules.mounts.bind:
            shown = f"{folder.path}{':ro' if folder.read_only else ''}"
            rows.append((name, f"mount.bind:{shown}", RULES["mount.bind"].risk))
        rows += [(name, f"port.host:{r[0]}-{r[-1]}", RULES["port.host"].risk) for r in rules.host]
        for item in rules.allow:
            bound = "" if item.most is None else f"<={item.most}"
            value = "" if item.value is None else f"={item.value}"
            shown = ":".join(filter(None, (item.rule, f"{item.name}{value}{bound}")))
            rows.append((name, shown, RULES[item.rule].risk))
    return table("RULES|OPENS|WHY", rows)


def judged_text(client: PolicyClient, judged: Sequence[JudgedWrite]) -> None:
    """Write what is refused and why, or that nothing is."""
    refused = [each for each in judged if each.violations]
    if not refused:
        objects = f"{len(judged)} object{'' if len(judged) == 1 else 's'}"
        write(f"allowed: {objects} for client {client.name}")
        return
    has_places = any(each.tried.places for each in refused)
    heads = "OBJECT|RULE|PATH|WHY" + ("|PLACE" if has_places else "")
    rows = [row if has_places else row[:-1] for each in refused for row in _rows(each)]
    write_table(table(heads, rows))
    openings = dict.fromkeys(
        str(one.opening) for each in refused for one in each.violations if one.opening is not None
    )
    if openings:
        write(f"\nwould be opened for client {client.name} by:")
        for opening in openings:
            write(f"  {one_line(opening)}")


def _rows(judged: JudgedWrite) -> Iterator[tuple[str | Cell, ...]]:
    tried = judged.tried
    for one in judged.violations:
        yield (
            f"{tried.kind} {tried.name}",
            Cell(one.rule, "bad"),
            one.path or "-",
            one.text,
            tried.place_of(one.path),
        )


def judged_document(client: PolicyClient, judged: Sequence[JudgedWrite]) -> dict[str, Any]:
    """The same as JSON has it."""
    return {
        "client": client.name,
        "allowed": not any(each.violations for each in judged),
        "objects": [
            {
                "operation": each.tried.operation,
                "kind": each.tried.kind,
                "name": each.tried.name,
                "violations": [
                    {
                        "rule": one.rule,
                        "path": one.path,
                        "text": one.text,
                        "place": each.tried.place_of(one.path),
                        "opened_by": "" if one.opening is None else str(one.opening),
                    }
                    for one in each.violations
                ],
            }
            for each in judged
        ],
    }


def rules_table(rules: Sequence[Rule]) -> Table:
    """All rules, in a line each."""
    rows = [(rule.id, rule.kind, rule.default, rule.risk) for rule in rules]
    return table("RULE|OF|DEFAULT|WHY", rows)


def rule_text(rule: Rule) -> str:
    """One rule at length."""
    lines = [
        f"{rule.id}: of a {rule.kind}, {_DEFAULTS[rule.default]}",
        *wrapped(rule.gives, "  why        "),
        *wrapped(rule.exception or "nothing", "  opened by  "),
    ]
    where = [rule.where] if rule.where else paths_of(rule)
    lines += [f"  {'' if place else 'looks at':9}  {path}" for place, path in enumerate(where)]
    return "\n".join(lines) + "\n"


_DEFAULTS = {
    "always": "refused whatever a policy says",
    "deny": "refused unless a policy opens it",
    "limit": "refused beyond a limit",
    "require": "refused if a policy requires something else",
    "allow": "allowed",
}
