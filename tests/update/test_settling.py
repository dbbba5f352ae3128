"""From looks to a verdict: what runs has to keep running, what fails may fail again."""

import pytest

from swarmwire import pb
from swarmwire.update import LiveService, RolloutProgress
from swarmwire.update.progress import SentUpdate, progress
from swarmwire.update.settling import Settling, WatchLimits
from tests.support.inmemory import RUNNING, service_of, task_of

NODE = pb.Node(id="node", status=pb.NodeStatus(state=pb.NodeStatus.READY))
PENDING, READY, STARTING, COMPLETE, SHUTDOWN, FAILED, REJECTED = 64, 384, 448, 576, 640, 704, 768


class Watch:
    """Looks at a service every few seconds."""

    def __init__(self, service, before=(), **limits):
        self.service = service
        self.settling = Settling(before, WatchLimits(**limits))
        self.now = 0.0
        self.tasks = {}

    def see(self, *tasks, after=0.0):
        """What a look shows, with the tasks of those before it that are not shown anew."""
        self.now += after
        self.tasks |= {task.id: task for task in tasks}
        live = LiveService(self.service, tuple(self.tasks.values()), (NODE,))
        sent = SentUpdate(self.service.spec_version.index)
        return self.settling.judged(progress(sent, live), live, self.now)


def failed(service, slot, name, *, state=FAILED, desired=SHUTDOWN, err="task: non-zero exit (3)"):
    out = task_of(service, slot, state=state, desired=desired, name=name)
    out.status.err = err
    return out


def test_what_runs_has_to_keep_running():
    service = service_of("web", 1)
    watch = Watch(service)
    assert watch.see(task_of(service, 1)) == RolloutProgress("settling", 1, 1)
    assert watch.see(after=4.9).state == "settling"
    assert watch.see(after=0.1) == RolloutProgress("converged", 1, 1)


def test_another_task_has_to_keep_running_anew():
    service = service_of("web", 1)
    watch = Watch(service)
    watch.see(task_of(service, 1, name="a"))
    watch.see(failed(service, 1, "a"), task_of(service, 1, name="b"), after=4)
    assert watch.see(after=4).state == "settling"
    assert watch.see(after=1).state == "converged"


def test_a_crash_loop_never_converges_and_fails():
    """The container runs for a second each time: half of the looks show it running."""
    service = service_of("web", 1)
    watch = Watch(service)
    states = []
    for name in "abc":
        states.append(watch.see(task_of(service, 1, name=name), after=1).state)
        waits = task_of(service, 1, state=READY, desired=READY, name=chr(ord(name) + 1))
        last = watch.see(failed(service, 1, name), waits, after=1)
        states.append(last.state)
    assert states == ["settling", "under way"] * 2 + ["settling", "failed"]
    assert last.text == "task: non-zero exit (3)"


def test_a_missing_image_fails():
    """A rejected task is to be ready, then to run, and only then is it replaced."""
    service = service_of("web", 1)
    watch = Watch(service)
    error = "No such image: nowhere:1"
    for name in "ab":
        for desired in (READY, RUNNING, SHUTDOWN):
            one = failed(service, 1, name, state=REJECTED, desired=desired, err=error)
            assert watch.see(one, after=2).state == "under way"
    last = failed(service, 1, "c", state=REJECTED, desired=READY, err=error)
    assert watch.see(last, after=2) == RolloutProgress("failed", 0, 1, error)


def test_a_program_that_ends_with_success_does_not_keep_running_either():
    service = service_of("web", 1)
    watch = Watch(service)
    for name in "abc":
        watch.see(task_of(service, 1, name=name), after=1)
        seen = watch.see(failed(service, 1, name, state=COMPLETE, err=""), after=1)
    assert seen == RolloutProgress("failed", 0, 1, "tasks end again and again")


def test_one_that_ends_with_success_and_is_not_to_start_again_is_done():
    service = service_of("web", 1)
    service.spec.task.restart.condition = pb.RestartPolicy.ON_FAILURE
    watch = Watch(service)
    seen = watch.see(failed(service, 1, "a", state=COMPLETE, err=""))
    assert seen == RolloutProgress("converged", 1, 1, "1 ended and do not start again")


def test_one_that_fails_twice_and_then_runs_is_fine():
    service = service_of("web", 1)
    watch = Watch(service)
    watch.see(failed(service, 1, "a"))
    watch.see(failed(service, 1, "b"), after=1)
    watch.see(task_of(service, 1, name="c"), after=1)
    assert watch.see(after=5).state == "converged"


def test_failures_in_several_slots_are_not_one_that_keeps_failing():
    service = service_of("web", 3)
    watch = Watch(service)
    seen = watch.see(*(failed(service, slot, f"t{slot}") for slot in (1, 2, 3)))
    assert seen.state == "under way"


def test_failures_before_one_that_kept_running_are_forgotten():
    service = service_of("web", 2)
    watch = Watch(service)
    watch.see(failed(service, 1, "a"), failed(service, 1, "b"), task_of(service, 1, name="c"))
    watch.see(after=5)
    seen = watch.see(failed(service, 1, "c"), task_of(service, 1, name="d", state=STARTING))
    assert seen.state == "under way"


def test_failures_before_anybody_looked_do_not_count():
    service = service_of("web", 1)
    olds = [failed(service, 1, name) for name in "abcd"]
    watch = Watch(service, before=olds)
    assert watch.see(*olds, task_of(service, 1, state=STARTING, name="e")).state == "under way"


def test_failures_of_the_spec_before_do_not_count():
    service = service_of("web", 1)
    watch = Watch(service)
    olds = [failed(service, 1, name) for name in "abcd"]
    for old in olds:
        old.spec_version.index = 1
        old.spec.container.image = "x:0"
    assert watch.see(*olds, task_of(service, 1, state=STARTING, name="e")).state == "under way"


def test_a_manager_that_is_still_at_it_judges_for_itself():
    service = service_of("web", 1)
    service.update_status.state = pb.UpdateStatus.UPDATING
    watch = Watch(service)
    for name in "abcd":
        assert watch.see(failed(service, 1, name)).state == "under way"
    service.update_status.state = pb.UpdateStatus.COMPLETED
    assert watch.see().state == "failed"


def test_the_managers_own_watch_counts():
    """While it watches new tasks itself, they are seen to keep running."""
    service = service_of("web", 1)
    service.update_status.state = pb.UpdateStatus.UPDATING
    watch = Watch(service)
    watch.see(task_of(service, 1))
    assert watch.see(after=5).state == "under way"
    service.update_status.state = pb.UpdateStatus.COMPLETED
    assert watch.see(after=0.1).state == "converged"


@pytest.mark.parametrize(("attempts", "state"), [(3, "under way"), (2, "failed")])
def test_so_many_attempts_as_the_restart_policy_allows(attempts, state):
    service = service_of("web", 1)
    service.spec.task.restart.max_attempts = attempts
    service.spec.task.restart.window.seconds = 1
    watch = Watch(service)
    for name in "abc":
        seen = watch.see(failed(service, 1, name), after=5)
    next_one = task_of(service, 1, state=STARTING, name="d")
    seen = watch.see(next_one, after=1)
    assert seen.state == state


def test_what_is_not_to_run_need_not_be_watched():
    assert Watch(service_of("web", 0)).see() == RolloutProgress("converged", 0, 0)


def job(**mode):
    out = service_of("job", 1)
    out.spec.replicated_job.total_completions = 1
    out.spec.replicated_job.max_concurrent = 1
    out.job_status.job_iteration.index = 3
    return out


def test_a_job_is_done_when_it_is_complete():
    one = job()
    watch = Watch(one)
    assert watch.see(task_of(one, 0, desired=COMPLETE, name="a")).state == "under way"
    done = task_of(one, 0, state=COMPLETE, desired=COMPLETE, name="a")
    assert watch.see(done).state == "converged"


def test_a_job_that_keeps_failing():
    one = job()
    watch = Watch(one)
    again = task_of(one, 0, state=STARTING, desired=COMPLETE, name="z")
    for name in "ab":
        assert watch.see(failed(one, 0, name), again).state == "under way"
    assert watch.see(failed(one, 0, "c"), again).state == "failed"


def test_global_services_are_told_apart_by_node():
    service = service_of("web", 1)
    service.spec.ClearField("replicated")
    getattr(service.spec, "global").SetInParent()
    watch = Watch(service)
    here = [failed(service, 0, name) for name in "ab"]
    there = task_of(service, 0, state=FAILED, desired=SHUTDOWN, name="c", node="other")
    assert watch.see(*here, there).state == "under way"
    assert watch.see(failed(service, 0, "d")).state == "failed"
