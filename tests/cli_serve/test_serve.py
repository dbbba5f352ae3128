"""``swarmwire serve`` as people start and end it."""

import http.client
import json
import signal
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from swarmwire.cli import exits
from swarmwire.cli.serving.doors import DoorOptions, checked_tls, metrics_listener
from tests.cli_serve.served import served
from tests.support.client_certificates import client_certificate
from tests.support.dockerd import IMAGE, Dockerd, UnixConnection

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
        (("--socket", "/nope"), "there is no such socket"),
    ],
)
def test_bad_usage(refused, arguments, words):
    code, said = refused(*arguments)
    assert code == 2
    assert words in said


ENCRYPTED = serialization.BestAvailableEncryption(b"passphrase")


@pytest.fixture
def files(tmp_path):
    """What is right, and what is wrong, by the words of the tests."""
    made = client_certificate(tmp_path, "gateway")
    found = {"ca": made.authority, "cert": made.certificate, "key": made.key}
    for name in ("rubbish", "empty", "encrypted", "other", "cut"):
        found[name] = tmp_path / f"{name}.pem"
    found["rubbish"].write_bytes(b"\xff\x00no PEM")
    found["empty"].touch()
    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    found["other"].write_bytes(key.private_bytes(*form, serialization.NoEncryption()))
    found["encrypted"].write_bytes(key.private_bytes(*form, ENCRYPTED))
    found["cut"].write_bytes(made.certificate.read_bytes()[:200])
    found["missing"] = tmp_path / "missing.pem"
    found["folder"] = tmp_path
    return found


@pytest.mark.parametrize(
    ("cert", "key", "ca", "words"),
    [
        ("missing", "key", "ca", "--tls-cert {}: No such file or directory"),
        ("cert", "missing", "ca", "--tls-key {}: No such file or directory"),
        ("cert", "key", "missing", "--tls-ca {}: No such file or directory"),
        ("folder", "key", "ca", "--tls-cert {}: is no regular file"),
        ("cert", "key", "folder", "--tls-ca {}: is no regular file"),
        ("rubbish", "key", "ca", "--tls-cert {}: there is no certificate in PEM in it"),
        ("cut", "key", "ca", "--tls-cert {}: there is no certificate in PEM in it"),
        ("cert", "key", "empty", "--tls-ca {}: there is no certificate in PEM in it"),
        ("cert", "rubbish", "ca", "--tls-key {}: there is no private key in PEM in it"),
        ("cert", "other", "ca", "--tls-key {}: is not the key of the certificate in"),
        ("cert", "encrypted", "ca", "--tls-key {}: is encrypted"),
    ],
)
def test_tls_files_that_are_wrong_are_named(files, cert, key, ca, words):
    wrong = next(name for name in (cert, key, ca) if name not in ("cert", "key", "ca"))
    with pytest.raises(exits.Stop) as refusal:
        checked_tls((str(files[cert]), str(files[key]), str(files[ca])))
    assert refusal.value.code == 2
    assert refusal.value.message.startswith(words.format(files[wrong]))


@pytest.mark.parametrize(
    ("address", "has_tls"),
    [
        ("unix:///run/health.sock", False),
        ("tcp://127.0.0.1:9324", False),
        ("tcp://[::1]:9324", False),
        ("tcp://localhost:9324", False),
        ("tcp://0.0.0.0:9324", True),
        ("tcp://10.0.0.1:9324", True),
    ],
)
def test_metrics_beyond_this_machine_need_a_certificate(files, tmp_path, address, has_tls):
    tls = checked_tls((str(files["cert"]), str(files["key"]), str(files["ca"])))
    found = metrics_listener(
        DoorOptions((), 0o600, "", tls, read_only=False, folder=tmp_path, metrics=address)
    )
    assert found.tls is (tls if has_tls else None)  # the same that clients meet: read again as one


def test_tls_files_are_read_before_a_manager_is_looked_for(refused, files):
    given = ("--tls-cert", files["cert"], "--tls-key", files["other"], "--tls-ca", files["ca"])
    code, said = refused("--socket", "/nope", *map(str, given))
    assert code == 2
    assert said.startswith(f"swarmwire: --tls-key {files['other']}: is not the key of")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--listen", "nowhere"), "nowhere: expected unix:///path or tcp://host:port"),
        (("--listen", "tcp://0.0.0.0:0"), "tcp://0.0.0.0:0: without TLS anybody"),
        (("--listen", "unix:///nope/x.sock"), "unix:///nope/x.sock: No such file or directory"),
        (("--metrics", "tcp://0.0.0.0:0"), "tcp://0.0.0.0:0: without TLS anybody"),
        (("--page", "tcp://0.0.0.0:0"), "tcp://0.0.0.0:0: the page is for this machine alone"),
        (
            ("--listen", "unix://{0}/x", "--metrics", "unix://{0}/x"),
            "somebody listens there already",
        ),
    ],
)
def test_a_wrong_address_is_told_before_there_is_a_swarm(refused, tmp_path, options, words):
    code, said = refused("--embedded", *(each.format(tmp_path) for each in options))
    assert code == 2
    assert words in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


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
        assert (status, b"network.prune: this gateway only reads" in body) == (403, True)
        assert asked(path, "DELETE", "/networks/ingress")[0] == 403
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"API {dockerd.release.oldest_api_version} to {version}" in said
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


POLICY = """
version = 1

[audit]
file = "{folder}/audit.jsonl"

[clients.ci]
socket = "{folder}/ci.sock"
read = ["services", "tasks", "nodes", "networks", "info"]
write = ["services"]
stacks = ["shop"]
rules = "shop"

[rules.shop]
images = ["docker.io/library/{image}"]
"""


@pytest.mark.engine
def test_a_policy_before_a_real_manager(dockerd, tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text(POLICY.format(folder=tmp_path, image=IMAGE), encoding="utf-8")
    dockerd.import_image()
    label = "com.docker.stack.namespace=shop"
    options = ("--detach", "--no-resolve-image", "--replicas", "2", "--stop-grace-period", "1s")
    labels = ("--label", label, "--container-label", label)
    where = ("--socket", str(dockerd.control_socket))
    with served(tmp_path, *where, "--policy", str(file)) as it:
        it.docker(
            "service", "create", "--name", "shop_web", *options, *labels, IMAGE, "sleep", "99"
        )
        dockerd.wait_for("two tasks", lambda: it.docker("service", "ls").count(" 2/2 ") == 1, 60)
        dry = tmp_path / "dry"
        dry.mkdir()
        headers = {"HttpHeaders": {"X-Swarmwire-Dry-Run": "1"}}
        (dry / "config.json").write_text(json.dumps(headers), encoding="utf-8")
        update = ("service", "update", "--detach", "--env-add", "A=1", "shop_web")
        verdict = "restarts 2 of 2 tasks, because TaskTemplate.ContainerSpec.Env changed"
        before = dockerd.get("/services/shop_web").body
        planned = it.docker("--config", str(dry), *update)
        assert f"dry run, nothing was written: {verdict}" in planned
        assert dockerd.get("/services/shop_web").body == before
        it.docker(*update)
        bind = ("--mount-add", "type=bind,src=/,dst=/host")
        assert "(mount.bind)" in it.docker("service", "update", *bind, "shop_web", code=1)
        it.docker("service", "rm", "shop_web")
    lines = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    told = [(one["decision"], one["operation"], one.get("plan")) for one in lines]
    for decision in ("planned", "allowed", "done"):
        assert (decision, "service.update", verdict) in told
    assert ("refused", "service.update") in {one[:2] for one in told}
