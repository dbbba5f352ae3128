"""What is said when ``serve`` begins: what it can do to the swarm, and who may make it do so."""

from collections.abc import Iterator

from swarmwire.cli.policing.report import identity_text, opened_table
from swarmwire.policy import Policy, PolicyClient, Rate


def powers(policy: Policy | None, *, read_only: bool, is_live: bool) -> Iterator[str]:
    """Sentences about what the gateway and its clients can do.

    ``is_live`` tells whether there is a real swarm behind it.
    """
    if is_live:
        yield (
            "it holds a manager's own rights: it can change all of the swarm, and run anything as"
            " root on every node"
        )
    if policy is None:
        may = "read all of it but join tokens and the unlock key" if read_only else "do all of that"
        if is_live or read_only:
            yield f"whoever may open its address may {may}"
        return
    for client in policy.clients.values():
        yield f"client {client.name} ({identity_text(client)}) {'; '.join(_may(client))}"
    opened = opened_table(policy)
    for rules, what, why in opened.rows:
        yield f"the rules {rules} open {what}: {why}"
    if policy.audit.file:
        of_what = "every request" if policy.audit.reads else "every write and every refusal"
        yield f"{of_what} is recorded in {policy.audit.file}, or refused"
    else:
        yield "nothing is recorded: the policy has no [audit]"


def _may(client: PolicyClient) -> Iterator[str]:
    yield f"reads {_words(client.reads)}"
    if client.reads:
        seen = [
            "everything" if not each.label else "=".join(filter(None, (each.label, each.value)))
            for each in client.sights
        ]
        stacks = [f"the stacks {_words(client.stacks)}"] if client.stacks else []
        yield f"sees {', '.join([*stacks, *seen]) or 'no services'}"
    if client.hides:
        yield f"without {_words(client.hides)}"
    yield f"writes {_words(client.writes)}"
    if client.writes:
        yield f"of the stacks {_words(client.stacks)}, by the rules {client.rules.name}"
    if client.rate != Rate():
        requests, streams, body, connections = client.rate
        yield (
            f"{requests} requests in a second, {streams} streams, {connections} connections,"
            f" bodies of {body} bytes"
        )


def _words(words: frozenset[str] | tuple[str, ...]) -> str:
    return ", ".join(sorted(words)) or "nothing"
