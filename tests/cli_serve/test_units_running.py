"""The units of examples/systemd on a machine that a real systemd runs, with a real engine."""

import time

import pytest

from tests.conftest import refuse_missing
from tests.support.documented import ROOT
from tests.support.installations import BUSYBOX
from tests.support.systemd import Systemd

pytestmark = pytest.mark.engine

GUIDE = ROOT / "docs/howto/serve.md"
SERVICE = "swarmwire.service"


def steps():
    """What the guide says to type."""
    blocks = GUIDE.read_text("utf-8").partition("## As a service of systemd")[2].split("```")[1::2]
    return next(block for block in blocks if "systemctl enable --now" in block)


@pytest.fixture(scope="module")
def machine(engines):
    refuse_missing("a machine with systemd", Systemd.missing())
    with Systemd() as found:
        found.run("systemctl", "start", "docker")
        found.run("docker", "swarm", "init", "--advertise-addr", "127.0.0.1")
        for path in (ROOT / "examples/systemd").iterdir():
            found.write(f"/root/units/{path.name}", path.read_text("utf-8"))
        found.run("sh", "-ec", f"cd /root/units; {steps()}")
        yield found


def asked(machine, *arguments):
    """What the docker command says, which uses the gateway."""
    return machine.run("docker", "--host=unix:///run/swarmwire.sock", *arguments)


def main_process(machine):
    return machine.state(SERVICE, "MainPID")["MainPID"]


def test_clients_use_the_swarm(machine):
    assert "Leader" in asked(machine, "node", "ls")
    created = ("service", "create", "--detach", "--no-resolve-image", "--replicas=0")
    asked(machine, *created, "--name=web", "nginx:1")
    assert machine.run("docker", "service", "ls", "--format={{.Name}}") == "web\n"
    asked(machine, "service", "rm", "web")


def test_its_state_and_its_health_are_told(machine):
    state = machine.state(SERVICE, "StatusText", "ActiveState")
    assert state == {
        "StatusText": "serving at unix:///run/swarmwire.sock",
        "ActiveState": "active",
    }
    told = machine.run(BUSYBOX, "wget", "-qO-", "http://127.0.0.1:9324/healthz")
    assert told == "alive\n"


def test_it_may_do_nothing_else(machine):
    process = main_process(machine)
    status = machine.run("cat", f"/proc/{process}/status")
    found = dict(line.split(":\t", 1) for line in status.splitlines())
    user = machine.run("id", "--user", "swarmwire").strip()
    assert found["Uid"].split() == [user] * 4
    assert {int(found[name], 16) for name in ("CapEff", "CapBnd", "CapAmb")} == {0}
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2")
    inside = ("nsenter", f"--target={process}", "--mount", f"--setuid={user}", f"--setgid={user}")
    assert machine.tried(*inside, "ls", "/run/swarm-manager/control.sock").returncode == 0
    for closed in ("/run/docker.sock", "/var/lib/docker/swarm", "/root"):
        assert machine.tried(*inside, "test", "-r", closed).returncode == 1
    assert "Read-only file system" in machine.tried(*inside, "touch", "/etc/x").stderr


def test_it_reaches_this_machine_alone(machine):
    """Nobody listens at either address: what reaches one is refused, the rest gets no answer."""
    machine.run(BUSYBOX, "ip", "address", "add", "192.0.2.1/32", "dev", "lo")
    inside = f'echo $$ > /sys/fs/cgroup/system.slice/{SERVICE}/cgroup.procs; exec "$@"'

    def told(address, *command):
        return machine.tried(*command, BUSYBOX, "nc", "-w", "1", address, "9").stderr

    within = ("sh", "-c", inside, "inside")
    assert "Connection refused" in told("192.0.2.1")
    assert "timed out" in told("192.0.2.1", *within)
    assert "Connection refused" in told("127.0.0.1", *within)


def test_who_asks_while_it_is_started_anew_waits(machine):
    before = main_process(machine)
    machine.run("systemctl", "kill", "--signal=KILL", SERVICE)
    assert "Leader" in asked(machine, "node", "ls")
    assert main_process(machine) not in {before, "0"}


def test_an_engine_that_is_started_anew_takes_it_along(machine):
    before = main_process(machine)
    machine.run("systemctl", "restart", "docker")
    end = time.monotonic() + 60
    while "Leader" not in machine.tried("docker", "node", "ls").stdout:
        assert time.monotonic() < end
    # The manager's new socket may come after the service was tried; it is tried again.
    while machine.state(SERVICE, "ActiveState")["ActiveState"] != "active":
        assert time.monotonic() < end
    assert "Leader" in asked(machine, "node", "ls")
    assert main_process(machine) not in {before, "0"}


def test_reload_ends_nothing(machine):
    before = main_process(machine)
    machine.run("systemctl", "reload", SERVICE)
    assert "Leader" in asked(machine, "node", "ls")
    assert main_process(machine) == before


def test_it_ends_in_good_order(machine):
    machine.run("systemctl", "stop", SERVICE)
    assert machine.state(SERVICE, "Result", "ExecMainStatus") == {
        "Result": "success",
        "ExecMainStatus": "0",
    }
    machine.run("systemctl", "start", SERVICE)
    assert "Leader" in asked(machine, "node", "ls")
