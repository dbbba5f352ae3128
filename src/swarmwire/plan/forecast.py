"""What becomes of a service and its tasks: all numbers of a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.plan.differences import Difference, Effect, keeps_nodes, strongest
from swarmwire.plan.restart import is_job, placement_alone_differs
from swarmwire.plan.rollout import Rollout, rollout
from swarmwire.plan.summary import Counts, assumed, counted, summary, updated_slots
from swarmwire.plan.tasks import Fate, TaskVerdict, fate_of_tasks
from swarmwire.releases import NEWEST, Release
from swarmwire.releases.quirks import does


@dataclass(frozen=True)
class Forecast:
    """The service before and after, and what is known of its surroundings."""

    old: pb.Service
    new: pb.Service
    tasks: Sequence[pb.Task] | None
    nodes: Sequence[pb.Node] | None
    release: Release = NEWEST

    @cached_property
    def fate(self) -> Fate | None:
        """What becomes of the tasks; None if they are not known."""
        if self.tasks is None:
            return None
        return fate_of_tasks(self.old, self.new, self.tasks, self.nodes, self.release)

    @property
    def verdicts(self) -> tuple[TaskVerdict, ...]:
        """What becomes of each task that is known; nothing if the manager crashes over it."""
        try:
            return () if self.fate is None else self.fate.verdicts
        except InvalidSpec:
            return ()

    @property
    def job(self) -> bool:
        """Whether the service is a job."""
        return is_job(self.new.spec)

    @property
    def kept(self) -> bool | None:
        """Whether the update leaves alone all tasks that are to stay; None if none are known."""
        apart = ("scaled down", "node gone", "superseded")
        actions = {verdict.action for verdict in self.verdicts if verdict.why not in apart}
        return None if actions <= {"added"} else actions <= {"kept", "added"}

    @property
    def depends(self) -> bool:
        """Whether only the nodes of unknown tasks can tell what restarts."""
        old, new = self.old.spec, self.new.spec
        placed = placement_alone_differs(old.task, new.task)
        spared = placed and not does(self.release, "placement-restarts")
        return self.fate is None and spared and not keeps_nodes(old, new)

    def effect(self, found: Sequence[Effect]) -> Effect:
        """The strongest thing that happens, given what comes of each difference."""
        if self.job:
            return "restarts"
        strongest_of_all = strongest(found)
        counts = self.counts(strongest_of_all)
        if counts is None:
            return strongest_of_all
        if counts.restarts or counts.unknown:
            return "restarts"
        if counts.added or counts.removed:
            return "scales"
        return "metadata only" if strongest_of_all in ("scales", "restarts") else strongest_of_all

    def counts(self, effect: Effect) -> Counts | None:
        """How many tasks stay, restart, come and go."""
        if self.fate is not None:
            return counted(self.fate)
        return assumed(self.old.spec, self.new.spec, effect, depends=self.depends)

    def summary(self, effect: Effect, differences: Sequence[Difference]) -> str:
        """What happens, in one sentence."""
        counts = self.counts(effect)
        return summary(effect, counts, differences, self.verdicts, job=self.job)

    def rollout(self, effect: Effect, *, rollback: bool) -> Rollout | None:
        """How the restarts are rolled out. Jobs have no roll-out."""
        if effect != "restarts" or self.job:
            return None
        if self.fate is not None:
            slots = updated_slots(self.fate.verdicts)
        else:
            counts = self.counts(effect)
            slots = None if counts is None or self.depends else counts.restarts
        return rollout(self.old.spec, self.new.spec, slots, rollback=rollback)
