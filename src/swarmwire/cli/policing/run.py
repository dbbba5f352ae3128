"""The runs of the policy commands: what is judged, what is printed, and the exit code."""

from typing import Any, NamedTuple

import click

from swarmwire import pb
from swarmwire.cli import exits
from swarmwire.cli.policing.policies import named_client, policy_text, read_bytes, usable_policy
from swarmwire.cli.policing.report import (
    JudgedWrite,
    client_table,
    judged_document,
    judged_text,
    opened_table,
    rule_text,
    rules_table,
)
from swarmwire.cli.policing.writes import (
    TriedWrite,
    is_stack_file,
    writes_of_specs,
    writes_of_stack,
)
from swarmwire.cli.reading.stack_files import environment_with
from swarmwire.cli.terminal import one_line
from swarmwire.cli.writing import as_json, write, write_table
from swarmwire.policy import RULES, Policy, PolicyClient, PolicyError, StackCounts, paths_of


def run_check(file: str, format_: str) -> int:
    """Tell what is wrong with a policy file, or what it says.

    Raises:
        Stop: it cannot be read.
    """
    try:
        policy = Policy.load(policy_text(file))
    except PolicyError as err:
        problems = [problem._asdict() for problem in err.problems]
        if format_ == "json":
            write(as_json({"usable": False, "problems": problems, "clients": []}))
        else:
            for problem in err.problems:
                at = f"{file}:{problem.line}" if problem.line else file
                where = f"{problem.path}: " if problem.path else ""
                write(one_line(f"{at}: {where}{problem.reason}"))
        return exits.REFUSED
    if format_ == "json":
        clients = [_client_document(client) for client in policy.clients.values()]
        write(as_json({"usable": True, "problems": [], "clients": clients}))
        return exits.CLEAN
    write_table(client_table(policy))
    opened = opened_table(policy)
    if opened.rows:
        write("")
        write_table(opened)
    return exits.CLEAN


def _client_document(client: PolicyClient) -> dict[str, Any]:
    return {
        "name": client.name,
        "reads": sorted(client.reads),
        "hides": sorted(client.hides),
        "writes": sorted(client.writes),
        "stacks": list(client.stacks),
        "rules": client.rules.name,
    }


class PolicyTest(NamedTuple):
    """The arguments and options of ``policy test``."""

    policy: str
    spec: str
    client: str
    kind: str = "service"
    stack: str = ""
    stored: str = ""
    api_version: str = ""
    env_files: tuple[str, ...] = ()
    format: str = "text"


def run_test(run: PolicyTest) -> int:
    """Judge a spec, or all objects of a stack file, as the writes of a client.

    Raises:
        Stop: a file cannot be read or used.
        UsageError: there is no such client; the stack has no name.
    """
    client = named_client(usable_policy(run.policy), run.client)
    try:
        judged = _judged(client, _writes(run, client))
    except exits.Unreadable as err:
        raise exits.Stop(exits.UNREADABLE, str(err)) from err
    if run.format == "json":
        write(as_json(judged_document(client, judged)))
    else:
        judged_text(client, judged)
    return exits.REFUSED if any(each.violations for each in judged) else exits.CLEAN


def _writes(run: PolicyTest, client: PolicyClient) -> list[TriedWrite]:
    raw = read_bytes(run.spec)
    if not is_stack_file(raw):
        return list(writes_of_specs(run.spec, raw, run.kind, run.api_version, run.stored))
    if run.stored:
        raise click.UsageError("--stored goes with one spec, not with a stack file")
    name = run.stack
    if not name:
        if len(client.stacks) != 1 or "*" in client.stacks[0]:
            raise click.UsageError("say which stack it is: --stack NAME")
        (name,) = client.stacks
    return writes_of_stack(run.spec, raw, name, environment_with(run.env_files))


def _judged(client: PolicyClient, tried: list[TriedWrite]) -> list[JudgedWrite]:
    """Each write after the ones before it: objects and published ports are counted."""
    counts = StackCounts()
    judged: list[JudgedWrite] = []
    for each in tried:
        found = client.judge_write(each.operation, each.kind, each.new, each.old, counts=counts)
        judged.append(JudgedWrite(each, found))
        counts = _counted(counts, each)
    return judged


def _counted(counts: StackCounts, tried: TriedWrite) -> StackCounts:
    many = f"{tried.kind}s"
    ports = len(tried.new.endpoint.ports) if isinstance(tried.new, pb.ServiceSpec) else 0
    changed: dict[str, Any] = {"ports": counts.ports + ports}
    if many in counts._fields:
        changed[many] = getattr(counts, many) + 1
    return counts._replace(**changed)


def run_explain(rule: str | None, format_: str) -> int:
    """Explain a rule, or list all of them.

    Raises:
        UsageError: there is no such rule.
    """
    if rule is not None and rule not in RULES:
        from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

        near = get_close_matches(rule, RULES, n=1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise click.UsageError(f"There is no rule {rule!r}.{meant}")
    chosen = list(RULES.values()) if rule is None else [RULES[rule]]
    if format_ == "json":
        write(
            as_json(
                [
                    {
                        "id": each.id,
                        "kind": each.kind,
                        "default": each.default,
                        "paths": list(paths_of(each)),
                        "where": each.where,
                        "gives": each.gives,
                        "opened_by": each.exception,
                    }
                    for each in chosen
                ]
            )
        )
    elif rule is None:
        write_table(rules_table(chosen))
    else:
        write(rule_text(chosen[0]), line=False)
    return exits.CLEAN
