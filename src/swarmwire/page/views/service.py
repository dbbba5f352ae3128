"""A service: its spec, what changed, its slots over time, and its roll-out. Pure."""

import json
from collections.abc import Iterator
from typing import Any, Final

from swarmwire import pb
from swarmwire.page.observed import ObservedSwarm, named_as, stack_of
from swarmwire.page.parts import PagePart
from swarmwire.page.rendering import render
from swarmwire.page.texts import whole
from swarmwire.page.views.rollout import rollout_status
from swarmwire.page.views.swarm import by_node
from swarmwire.page.views.timeline import WIDTH, timeline
from swarmwire.page.views.why import reasons_for
from swarmwire.plan import differences
from swarmwire.spec import Display, document_of

ROOT: Final = "service"
_DISPLAY: Final = Display()


class ServiceView:
    """The view of one service."""

    template = "service.html"

    def __init__(self, swarm: ObservedSwarm, service: pb.Service) -> None:
        self._swarm = swarm
        self._id = service.id
        self._last = service
        self._specs: tuple[int, dict[str, PagePart]] = (-1, {})
        self.title = named_as(service)
        self.root = ROOT

    def context(self) -> dict[str, Any]:
        """The stack that it belongs to."""
        return {"stack": stack_of(self._last)}

    def parts(self) -> dict[str, PagePart]:
        """Roll-out, slots over time, why tasks wait, what changed, the spec."""
        service = self._swarm.get("service", self._id)
        if service is None:
            return {"gone": PagePart(ROOT, '<p id="gone" class="bad">The service was removed.</p>')}
        self._last = service
        return {**dict(self._moving(service)), **self._standing(service)}

    def _moving(self, service: pb.Service) -> Iterator[tuple[str, PagePart]]:
        swarm = self._swarm
        status = rollout_status(swarm, service)
        yield "rollout", PagePart(ROOT, render("rollout.html", at=status))
        now = swarm.now()
        if now:
            drawn = timeline(swarm.history.lives(service.id, now), by_node(swarm), now)
            yield "slots", PagePart(ROOT, render("timeline.html", line=drawn, width=WIDTH))
        found = reasons_for(swarm, swarm.tasks_of(service.id))
        if found:
            html = render("reasons.html", level=3, found=found)
            yield (
                "why",
                PagePart(ROOT, f'<section id="why"><h2>Why tasks wait</h2>{html}</section>'),
            )

    def _standing(self, service: pb.Service) -> dict[str, PagePart]:
        """What only a new spec changes."""
        version = service.meta.version.index
        if self._specs[0] != version:
            spec = spec_as_document(service.spec)
            changed = None
            if service.HasField("previous_spec"):
                changed = differences(service.previous_spec, service.spec)
            text = whole(json.dumps(spec, indent=2, ensure_ascii=False))
            self._specs = (
                version,
                {
                    "changed": PagePart(ROOT, render("changed.html", changed=changed)),
                    "spec": PagePart(ROOT, render("spec.html", spec=spec, text=text)),
                },
            )
        return self._specs[1]


def spec_as_document(spec: pb.ServiceSpec) -> dict[str, Any]:
    """A spec as the Engine API's JSON has it, without what may be a secret."""
    flat = _DISPLAY.message(document_of(pb.ServiceSpec.DESCRIPTOR), spec)
    return _nested(flat)


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    """``{"A.B": 1}`` as ``{"A": {"B": 1}}``, at the top alone."""
    out: dict[str, Any] = {}
    for path, value in flat.items():
        *outer, last = path.split(".")
        place = out
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = value
    return out
