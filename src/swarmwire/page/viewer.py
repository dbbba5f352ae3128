"""What each browser has of the page, so that it is told what is new, and nothing else."""

import secrets
from collections import OrderedDict
from typing import Any, Final, Protocol

from swarmwire.page.parts import PagePart, Parts, changes

_KEPT: Final = 200
"""Browsers that are remembered although they do not listen yet, or left for a moment."""


class PageView(Protocol):
    """One view of the swarm: its template, and the parts that change."""

    template: str
    title: str

    @property
    def root(self) -> str:
        """The element that holds the parts."""

    def context(self) -> dict[str, Any]:
        """What the template needs besides the parts."""

    def parts(self) -> dict[str, PagePart]:
        """The parts as they are now."""


class Viewer:
    """A view in one browser."""

    def __init__(self, view: PageView) -> None:
        self.view = view
        self.parts: Parts = {}
        self.token = secrets.token_urlsafe(12)

    def news(self) -> dict[str, Any]:
        """What the browser has to change; nothing if nothing did."""
        now = self.view.parts()
        found = changes(self.parts, now)
        self.parts = now
        return found


class Viewers:
    """The browsers of late, by the token in their page."""

    def __init__(self) -> None:
        self._viewers: OrderedDict[str, Viewer] = OrderedDict()

    def add(self, viewer: Viewer) -> None:
        """Remember a browser; the oldest is forgotten."""
        self._viewers[viewer.token] = viewer
        while len(self._viewers) > _KEPT:
            self._viewers.popitem(last=False)

    def get(self, token: str) -> Viewer | None:
        """The browser with that token, if it is remembered."""
        return self._viewers.get(token)
