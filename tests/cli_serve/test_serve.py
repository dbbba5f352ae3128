"""``swarmwire serve`` as people start and end it."""

import http.client
import signal
import subprocess
import sys

import pytest

from tests.support.dockerd import Dockerd, UnixConnection

COMMAND = [sys.executable, "-m", "swarmwire.cli", "serve"]


@pytest.fixture
def refused(tmp_path):
    """The exit code and the words of a command that ends by itself."""

    def run(*arguments):
        done = subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=30
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stderr

    return run


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--tls-cert", "x"), "belong together"),
        (("--mode", "0999"), "no mode in octal"),
        (("--max-stale", "0"), "--max-stale"),
        (("--tls-cert", "/nope", "--tls-key", "/nope", "--tls-ca", "/nope"), "/nope: No such file"),
        (("--socket", "/nope"), "there is no such socket"),
    ],
)
def test_bad_usage(refused, arguments, words):
    code, said = refused(*arguments)
    assert code == 2
    assert words in said


@pytest.fixture(scope="module")
def dockerd(newest):
    with Dockerd(newest) as daemon:
        daemon.init_swarm()
        yield daemon


def asked(path, method, target):
    connection = UnixConnection(path)
    try:
        connection.request(method, target)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@pytest.mark.engine
def test_one_line_says_where_and_a_signal_ends_it(dockerd, tmp_path):
    path = tmp_path / "api.sock"
    arguments = ["--socket", str(dockerd.control_socket), "--listen", f"unix://{path}"]
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--read-only"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline() == f"DOCKER_HOST=unix://{path}\n"
        version = dockerd.api_version
        assert asked(path, "GET", f"/v{version}/nodes") == (
            http.HTTPStatus.OK,
            dockerd.get("/nodes").body,
        )
        status, body = asked(path, "POST", "/networks/prune")
        assert (status, body) == (200, b'{"NetworksDeleted":null}\n')
        assert asked(path, "DELETE", "/networks/ingress")[0] == 403
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"API 1.24 to {version}" in said
    assert "run anything as root on every node" in said
    assert "may read all of it but join tokens and the unlock key" in said
    assert not path.exists()


@pytest.mark.engine
def test_an_address_that_is_taken(dockerd, refused, tmp_path):
    path = tmp_path / "precious"
    path.write_text("x")
    code, said = refused("--socket", str(dockerd.control_socket), "--listen", f"unix://{path}")
    assert code == 2
    assert "there is a file that is no socket" in said
