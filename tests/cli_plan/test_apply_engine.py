"""``apply`` against a real engine: written, merged, followed to every end that there is."""

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from swarmwire import pb
from swarmwire.control import sync
from swarmwire.update import UpdateConflict, plan_update
from swarmwire.update.sync import BlockingWriter
from tests.cli_plan import running
from tests.support.either import manager_of
from tests.support.installations import ON_MACHINE

pytestmark = pytest.mark.parametrize("either", ON_MACHINE, indirect=True, scope="session")

COMMAND = [sys.executable, "-m", "swarmwire.cli"]


@pytest.fixture
def service(request, here, manager, remove):
    """A service of the test's own, with one running task."""
    spec = running.spec_of(request.node.name.partition("[")[0].replace("_", "-")[:60])
    found = running.create(manager, spec)
    remove(found.id)
    return running.stored(manager, found.id)


@pytest.fixture
def inspected(here, service, tmp_path):
    """What docker service inspect prints of it, after a change, in a file."""
    name = service.spec.annotations.name

    def write(change=lambda spec: None):
        (found,) = json.loads(here.cli("service", "inspect", name))
        change(found["Spec"])
        file = tmp_path / "wanted.json"
        file.write_text(json.dumps(found))
        return file

    return write


def _env(*variables):
    def change(spec):
        spec["TaskTemplate"]["ContainerSpec"]["Env"] = list(variables)

    return change


def _set(manager, service, change):
    """Change the spec behind the command's back."""
    now = running.stored(manager, service.id)
    change(now.spec)
    request = pb.UpdateServiceRequest(
        service_id=now.id, service_version=now.meta.version, spec=now.spec
    )
    manager.update_service(request)
    return running.settled(manager, service.id).service


def test_what_inspect_prints_changes_nothing(invoke, manager, service, inspected):
    name, file = service.spec.annotations.name, inspected()

    planned = invoke("plan", name, file)
    applied = invoke("apply", name, file, "--yes")
    as_engine = invoke("plan", name, file, "--as-engine", "--format", "json")

    assert (planned.code, applied.code) == (0, 0), planned.text
    assert planned.text.startswith(f"{name}: changes nothing")
    assert running.stored(manager, service.id) == service
    # the defaults that inspect fills in
    assert as_engine.code == 3
    assert json.loads(as_engine.output)["counts"]["restarts"] == 1


def test_converges(invoke, manager, service, inspected):
    name = service.spec.annotations.name

    done = invoke("apply", name, inspected(_env("A=1")), "--yes")

    assert done.code == 0, done.text + done.stderr
    assert "(restarts)" in done.text
    assert done.text.endswith(f"{name}: converged, 1 of 1 tasks run as wanted\n")
    now = running.stored(manager, service.id)
    assert list(now.spec.task.container.env) == ["A=1"]
    assert not now.spec.task.HasField("resources")


def test_what_json_cannot_say_is_kept(invoke, manager, service, inspected):
    def mount(spec):
        spec.task.container.mounts.add(
            type=pb.Mount.TMPFS, target="/t", consistency=pb.Mount.CACHED
        )
        spec.task.container.pull_options.registry_auth = "e30="

    _set(manager, service, mount)

    done = invoke("apply", service.id, inspected(_env("A=1")), "--yes", "--detach")

    assert done.code == 0, done.text + done.stderr
    (kept,) = running.stored(manager, service.id).spec.task.container.mounts
    assert kept.consistency == pb.Mount.CACHED
    assert (
        running.stored(manager, service.id).spec.task.container.pull_options.registry_auth == "e30="
    )
    assert "e30=" not in done.text


def test_refuses_to_restart(invoke, manager, service, inspected):
    def label(spec):
        spec["Labels"] = {"a": "b"}

    no = invoke("apply", service.id, inspected(_env("A=1")), "--yes", "--no-restart")
    unchanged = running.stored(manager, service.id)
    yes = invoke("apply", service.id, inspected(label), "--yes", "--no-restart")

    assert (no.code, yes.code) == (3, 0)
    assert unchanged == service
    assert "nothing written (--no-restart): it restarts 1 of 1 task" in no.stderr
    assert running.running(manager, service.id)[0].id


@pytest.mark.parametrize(
    ("action", "code", "text"),
    [(pb.UpdateConfig.PAUSE, 4, "paused"), (pb.UpdateConfig.ROLLBACK, 5, "rolled back")],
    ids=["pauses", "rolls back"],
)
def test_failures(invoke, manager, service, inspected, action, code, text):
    def sensitive(spec):
        spec.update.failure_action = action
        spec.update.monitor.seconds = 5

    def broken(spec):
        spec["TaskTemplate"]["ContainerSpec"]["Command"] = ["/nowhere"]

    _set(manager, service, sensitive)

    done = invoke("apply", service.id, inspected(broken), "--yes", "--wait", "30")

    assert done.code == code, done.text + done.stderr
    assert text in done.stderr
    # The manager says so only until the rollback has ended; then it is told what the task said.
    assert "failure or early termination of task" in done.stderr or "/nowhere" in done.stderr


def test_goes_back(invoke, manager, service, inspected):
    assert invoke("apply", service.id, inspected(_env("A=1")), "--yes").code == 0

    planned = invoke("plan", service.id, "--rollback")
    done = invoke("apply", service.id, "--rollback", "--yes")

    assert (planned.code, done.code) == (3, 0), done.stderr
    assert not running.stored(manager, service.id).spec.task.container.env
    assert running.running(manager, service.id)


def test_without_a_spec_before_there_is_no_way_back(invoke, service):
    done = invoke("apply", service.id, "--rollback", "--yes")
    assert done.code == 1
    assert "does not have a previous spec" in done.text, done.stderr


def test_waits_no_longer_than_told(invoke, service, inspected):
    def nowhere(spec):
        spec["TaskTemplate"]["Placement"] = {"Constraints": ["node.labels.nowhere==true"]}

    done = invoke("apply", service.id, inspected(nowhere), "--yes", "--wait", "2")

    assert done.code == 6
    assert "written, and not finished within 2 s" in done.stderr
    assert "no suitable node" in done.text


def test_ten_writers_lose_nothing(here, manager, service, inspected, tmp_path):
    name = service.spec.annotations.name
    (found,) = json.loads(here.cli("service", "inspect", name))

    def run(number):
        found_here = json.loads(json.dumps(found))
        found_here["Spec"]["Labels"] = {f"writer-{number}": "was here"}
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(found_here["Spec"]))
        options = ("--yes", "--detach", "--base", tmp_path / "base.json")
        return subprocess.run(
            [*COMMAND, "apply", name, file, *options], capture_output=True, text=True, check=False
        )

    (tmp_path / "base.json").write_text(json.dumps(found))
    with ThreadPoolExecutor(10) as pool:
        done = list(pool.map(run, range(10)))

    assert [one.returncode for one in done] == [0] * 10, [one.stderr for one in done]
    labels = running.stored(manager, service.id).spec.annotations.labels
    assert sorted(labels) == [f"writer-{number}" for number in range(10)]


def test_ten_writers_of_one_version_are_retried_or_told(dockerd, manager, service):
    """Five add something of their own, five want the same label to have another value."""

    def wanted(number):
        spec = pb.ServiceSpec()
        spec.CopyFrom(service.spec)
        if number < 5:
            spec.task.container.env.append(f"W{number}=1")
        else:
            spec.annotations.labels["owner"] = str(number)
        return spec

    live = running.snapshot(manager, service.id)

    def write(number):
        with sync.connect(dockerd.control_socket, secrets=True) as control:
            planned = plan_update(live._replace(service=service), wanted(number))
            try:
                return BlockingWriter(control).write(planned)
            except UpdateConflict as err:
                return err

    with ThreadPoolExecutor(10) as pool:
        done = list(pool.map(write, range(10)))

    conflicts = [each for each in done if isinstance(each, UpdateConflict)]
    (owner,) = [n for n, each in enumerate(done[5:], 5) if not isinstance(each, UpdateConflict)]
    now = running.stored(manager, service.id).spec
    assert sorted(now.task.container.env) == [f"W{number}=1" for number in range(5)]
    assert now.annotations.labels["owner"] == str(owner)
    assert [each.paths for each in conflicts] == [("Labels[owner]",)] * 4


def test_ctrl_c_tells_what_stands(here, service, inspected):
    def slow(spec):
        _env("A=1")(spec)
        spec["UpdateConfig"] |= {"Monitor": 60_000_000_000}

    command = [*COMMAND, "apply", service.id, str(inspected(slow)), "--yes"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "running" in line:
                break
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=20)

    assert process.returncode == 130
    assert stderr.startswith("swarmwire: interrupted; the update is written")
    assert stderr.count("\n") == 1


def test_a_manager_that_is_restarted_meanwhile(either):
    with manager_of(either) as engine:
        with sync.connect(engine.control_socket) as control:
            spec = running.spec_of("slow", replicas=2)
            spec.update.parallelism = 1
            spec.update.delay.seconds = 3
            service = running.create(control, spec)
        file = engine.root / "wanted.json"
        (found,) = json.loads(engine.cli("service", "inspect", "slow"))
        _env("A=1")(found["Spec"])
        file.write_text(json.dumps(found))
        command = [*COMMAND, "apply", "slow", str(file), "--yes", "--wait", "40"]
        command += ["--socket", str(engine.control_socket)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "running" in line:
                    break
            engine.restart()
            stdout, stderr = process.communicate(timeout=90)

        assert process.returncode == 0, stdout + stderr
        assert "the update is written, asking again" in stdout
        assert "the manager answers again" in stdout
        assert "Traceback" not in stderr
        with sync.connect(engine.control_socket) as control:
            tasks = running.running(control, service.id)
            assert [list(task.spec.container.env) for task in tasks] == [["A=1"]] * 2
