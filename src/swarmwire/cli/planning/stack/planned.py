"""The run of ``plan --stack``, and its exit code."""

from typing import NamedTuple

import click

from swarmwire.cli.options import Where
from swarmwire.cli.planning import codes, planning
from swarmwire.cli.planning.stack.inputs import StackChoice, loaded_stack, planned_stack
from swarmwire.cli.planning.stack.text import as_stack_text, stack_code, stack_document
from swarmwire.cli.terminal import wants_color
from swarmwire.cli.writing import as_json
from swarmwire.deployment import sync


class StackPlanRun(NamedTuple):
    """The options of ``plan --stack``."""

    choice: StackChoice
    where: Where = Where()
    format: str = "text"
    everything: bool = False


@codes.failing
def run_stack_plan(run: StackPlanRun) -> int:
    """Plan a stack and print; the exit code.

    Raises:
        Stop: with code 1 and the reason.
        UsageError: arguments that do not go together.
    """
    loaded = loaded_stack(run.choice)
    with planning.connected(run.where) as control:
        plan = planned_stack(control, run.choice, loaded)
        places = sync.read_places(control, plan)
    if run.format == "json":
        click.echo(as_json(stack_document(plan, places)))
    else:
        text = as_stack_text(plan, places, color=wants_color(), everything=run.everything)
        click.echo(text, nl=False)
    return stack_code(plan)
