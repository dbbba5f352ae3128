"""The run of ``check``: read, examine, report, and the exit code that the findings ask for."""

from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple

from swarmwire.cli import exits, sink, sources
from swarmwire.cli.conversion import Trouble, total_size
from swarmwire.cli.examine import Examined
from swarmwire.cli.json_stream import JSONSplitter
from swarmwire.cli.messages import Messages, wants_bar
from swarmwire.cli.pool import ordered
from swarmwire.cli.render import Counts, Renderer
from swarmwire.cli.streams import Element


class Plan(NamedTuple):
    """What ``check`` does with its input."""

    files: tuple[str, ...]
    work: Callable[[list[Element]], list[Examined]]
    renderer: Renderer
    fail_on: str
    output: str | None
    jobs: int
    keep_going: bool


def run(plan: Plan) -> int:
    """Do as planned; the exit code.

    Raises:
        Stop: an input cannot be read, and ``--keep-going`` is not given.
    """
    counts = Counts()
    bar = wants_bar(to_stdout=plan.output in (None, "-"))
    with (
        Messages(total=total_size(plan.files), bar=bar) as messages,
        sink.opened(plan.output) as out,
    ):
        trouble = Trouble(messages, keep_going=plan.keep_going)

        def before_read(size: int) -> None:
            messages.read(size)
            out.flush()

        elements = sources.elements(
            plan.files, JSONSplitter, before_read=before_read, unreadable=trouble.unreadable
        )
        with closing(ordered(plan.work, elements, plan.jobs)) as examined:
            for report, error in examined:
                if error:
                    trouble.refused(error, garbled=True)
                    continue
                counts.add(report)
                out.write(plan.renderer.add(report).encode("utf-8", "backslashreplace"))
                messages.done()
        out.write(plan.renderer.end().encode())
        out.flush()
    failed = plan.fail_on != "never" and counts.reach(plan.fail_on)
    return max(trouble.code, exits.REFUSED if failed else exits.CLEAN)
