"""``swarmwire nodes``: the nodes of a live swarm."""

# What is slow to import waits for the command.
# ruff: noqa: FBT001, PLC0415

import click

from swarmwire.cli.live import options
from swarmwire.cli.live.options import Where


@click.command("nodes", short_help="List the nodes of a live swarm.")
@options.table_or_json
@options.raw
@options.where
def command(where: Where, format_: str, raw: bool) -> None:
    """List the nodes of a live swarm: their roles, states and engines, and who is the leader.

    --format json is what the engine answers to GET /nodes.
    """
    from swarmwire.cli.live import output
    from swarmwire.cli.live.connection import ask
    from swarmwire.cli.live.kinds import KINDS
    from swarmwire.cli.live.nodes import nodes_table

    nodes = ask(where, KINDS["node"].listed)
    if raw:
        output.write_list(map(output.raw_json, nodes))
    elif format_ == "json":
        output.write_list(output.engine_json(KINDS["node"].show(node)) for node in nodes)
    else:
        output.write_table(nodes_table(nodes))
