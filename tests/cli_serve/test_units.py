"""The units of examples/systemd: systemd takes them, and they give what they say and no more."""

import re
import shlex
import subprocess
from collections import defaultdict

import pytest

from swarmwire.cli.commands.serve import command
from swarmwire.cli.group import cli
from tests.support.dockerd import Dockerd
from tests.support.documented import ROOT

UNITS = ROOT / "examples/systemd"
FOLDER = "/run/docker/swarm"
SOMEBODY = 61_234
"""A user that no machine has."""
MOST_EXPOSED = 2.0
"""Of 10, by systemd's own measure; a service without any of it has 9.6."""


def settings(name):
    """Every setting of a unit, in the order of its lines."""
    found = defaultdict(list)
    text = (UNITS / name).read_text(encoding="utf-8").replace("\\\n", " ")
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
        found[key].append(value)
    return found


@pytest.fixture
def units(tmp_path):
    """The units, with a command that is there."""
    for path in UNITS.iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/swarmwire/bin/swarmwire", "/bin/true")
        (tmp_path / path.name).write_text(text.replace("/usr/bin/setfacl", "/bin/true"))
    return tmp_path


def analyzed(*arguments):
    done = subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout + done.stderr


def test_systemd_has_nothing_to_say_against_them(units):
    files = [str(path) for path in units.iterdir() if path.suffix in (".service", ".socket")]
    assert len(files) == 2
    assert analyzed("verify", "--man=no", *files) == (0, "")


def test_the_service_is_hardly_exposed(units):
    code, text = analyzed(
        "security", "--offline=true", "--no-pager", str(units / "swarmwire.service")
    )
    assert code == 0, text
    assert float(re.search(r"exposure level for \S+ ([\d.]+)", text)[1]) < MOST_EXPOSED


def test_the_command_takes_its_options():
    (line,) = settings("swarmwire.service")["ExecStart"]
    _, name, *arguments = shlex.split(line)
    assert name == command.name
    with command.make_context("serve", arguments, **cli.context_settings) as context:
        assert context.params["listen"] == ("fd://api",)
    assert settings("swarmwire.socket")["FileDescriptorName"] == ["api"]


def test_the_user_is_made():
    (line,) = [
        line for line in (UNITS / "swarmwire.sysusers").read_text().splitlines() if line[0] != "#"
    ]
    assert line.split()[:2] == ["u", settings("swarmwire.service")["User"][0]]


CONNECT = "use Socket; use Errno; socket(my $one, AF_UNIX, SOCK_STREAM, 0);"
CONNECT += "exit(connect($one, sockaddr_un($ARGV[0])) ? 0 : $!{EACCES} ? 1 : 2)"


def may_connect(path):
    """Whether a user who is nobody in particular may open a socket."""
    # Perl, because whoever runs the tests may have a Python that nobody else may read.
    somebody = (f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups")
    done = subprocess.run(
        ["setpriv", *somebody, "perl", "-e", CONNECT, str(path)], check=False, cwd="/", timeout=30
    )
    assert done.returncode in (0, 1)
    return done.returncode == 0


@pytest.mark.engine
def test_one_user_is_given_the_control_socket_of_a_real_engine(newest):
    with Dockerd(newest) as daemon:
        daemon.init_swarm()
        give(daemon)
        assert may_connect(daemon.control_socket)
        assert not may_connect(daemon.socket)
        daemon.restart()
        daemon.wait_for("a manager", lambda: daemon.request("GET", "/swarm").status == 200)
        shown(daemon)
        assert not may_connect(daemon.control_socket)  # PartOf: the service starts again
        give(daemon)
        assert may_connect(daemon.control_socket)


def shown(daemon):
    """Do what BindPaths does: the folders above are no obstacle."""
    daemon.root.chmod(0o711)
    daemon.exec_root.chmod(0o711)


def give(daemon):
    """Do what the unit does as root before it starts."""
    shown(daemon)
    assert not may_connect(daemon.control_socket)
    for line in settings("swarmwire.service")["ExecStartPre"]:
        assert line.startswith("+")
        text = line[1:].replace(":swarmwire:", f":{SOMEBODY}:")
        text = text.replace(FOLDER, str(daemon.control_socket.parent))
        subprocess.run(shlex.split(text), check=True)
