"""The pages by their addresses: what is shown at each. No server is needed."""

import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from swarmwire.page.observed import ObservedSwarm
from swarmwire.page.observer import SwarmObserver
from swarmwire.page.parts import assembled
from swarmwire.page.planning import DroppedPlan, plan_of_text
from swarmwire.page.rendering import render
from swarmwire.page.selection import TileFilter
from swarmwire.page.texts import seconds_in_words
from swarmwire.page.viewer import PageView, Viewer, Viewers
from swarmwire.page.views.service import ServiceView
from swarmwire.page.views.swarm import SwarmView
from swarmwire.page.views.task import TaskView
from swarmwire.page.views.why import WhyView
from swarmwire.page.wanted import UnreadableText

LARGEST_TEXT: Final = 1 << 20
"""Bytes of a text that is planned."""


class Site:
    """The pages of one swarm.

    Args:
        swarm: what is shown.
        observer: keeps it up to date; None if it does not change.
        plans: whether texts are planned; not so where something is hidden that a plan needs.
    """

    def __init__(
        self, swarm: ObservedSwarm, observer: SwarmObserver | None = None, *, plans: bool = True
    ) -> None:
        self.swarm = swarm
        self.observer = observer
        self.plans = plans
        self.viewers = Viewers()

    @property
    def is_live(self) -> bool:
        """Whether the swarm may change."""
        return self.observer is not None

    def view(self, address: str) -> PageView | None:
        """The view at a path with its query; None if there is none."""
        parts = urlsplit(address)
        first, _, rest = parts.path.removeprefix("/").partition("/")
        reference = unquote(rest)
        match first:
            case "" if not rest:
                query = dict(parse_qsl(parts.query, max_num_fields=20))
                return SwarmView(self.swarm, TileFilter.of_query(query))
            case "why" if not rest:
                return WhyView(self.swarm)
            case "service":
                service = self.swarm.found("service", reference)
                return None if service is None else ServiceView(self.swarm, service)
            case "task":
                task = self.swarm.get("task", reference)
                return None if task is None else TaskView(self.swarm, task)
        return None

    def page(self, view: PageView, address: str) -> str:
        """The whole page of a view, and a viewer for it that ``viewers`` remembers."""
        viewer = Viewer(view)
        viewer.news()
        if self.is_live:
            self.viewers.add(viewer)
        return self._rendered(
            view.template,
            title=view.title,
            body=assembled(viewer.parts, view.root),
            live=address if self.is_live else "",
            token=viewer.token,
            **view.context(),
        )

    def facts(self, task_id: str) -> str | None:
        """What a task is, for the box beside the tiles; None if there is none."""
        task = self.swarm.get("task", task_id)
        return None if task is None else TaskView(self.swarm, task).facts()

    def plan_page(self, text: str = "", stack: str = "", *, asked: bool = False) -> str:
        """The page to drop a text on, with what comes of it."""
        found, problem = DroppedPlan(), ""
        if asked:
            try:
                found = plan_of_text(self.swarm, text, stack)
            except UnreadableText as err:
                problem = err.reason
        swarm = SwarmView(self.swarm, TileFilter(), found.fate)
        return self._rendered(
            "plan.html",
            title="Plan",
            text=text,
            stack=stack or found.stack,
            found=found,
            problem=problem,
            asked=asked and not problem,
            body=assembled(swarm.parts(), swarm.root) if found.fate else "",
            beside=_by_line(found),
        )

    def problem_page(self, title: str, text: str) -> str:
        """A page that says why there is none."""
        return self._rendered("problem.html", title=title, text=text)

    def blindness(self) -> str:
        """Since when nothing is heard of the manager; nothing while it is there."""
        since = None if self.observer is None else self.observer.blind_since
        if since is None:
            return ""
        at = time.strftime("%H:%M:%S", time.localtime(since))
        ago = seconds_in_words(time.time() - since)
        return f"Nothing is heard of the manager since {at}, for {ago}: what is shown is from then."

    def _rendered(self, template: str, **values: Any) -> str:
        given: dict[str, Any] = {"live": "", "token": "", "blind": self.blindness()}
        return render(template, **(given | values), swarm=self.swarm)


def _by_line(found: DroppedPlan) -> Mapping[int, list[Any]]:
    lines: dict[int, list[Any]] = {}
    for finding in found.findings:
        lines.setdefault(finding.line, []).append(finding)
    return lines
