"""``swarmwire serve --policy``: each client with what is its own."""

import json
import os
import signal

import docker
import pytest

from tests.cli_serve.served import served
from tests.cli_serve.test_embedded import wait_for
from tests.support.client_certificates import client_certificate
from tests.support.documented import ROOT

pytestmark = pytest.mark.usefixtures("engines")
SHOP = str(ROOT / "examples" / "shop-stack.yml")

POLICY = """
version = 1

[audit]
file = "{folder}/audit.jsonl"

[clients.traefik]
socket = "{folder}/traefik.sock"
read = ["services", "tasks", "nodes", "networks"]
see = ["label:traefik.enable=true"]
hide = ["env", "args"]

[clients.ci]
socket = "{folder}/ci.sock"
mode = "0600"
read = ["services", "tasks", "nodes", "networks", "secrets", "configs", "info", "logs", "events"]
write = ["services", "networks", "secrets", "configs"]
stacks = ["shop"]
use = {{ secrets = ["password"] }}
rules = "shop"

[clients.admin]
socket = "{folder}/admin.sock"
uid = [{uid}]
read = ["services", "secrets", "tasks"]
see = ["all"]
write = ["secrets", "services"]
stacks = ["*"]
rules = "admin"

[rules.shop]
images = ["docker.io/library/nginx:*", "docker.io/traefik/whoami:*"]
max = {{ replicas = 8, services = 12 }}
ports = ["8080"]
mounts = {{ volumes = true, tmpfs = "64MiB" }}

[rules.admin]
images = ["docker.io/*"]
allow = ["label:traefik.*"]
"""


def policy_in(folder, text=POLICY):
    file = folder / "policy.toml"
    file.write_text(text.format(folder=folder, uid=os.getuid()), encoding="utf-8")
    return str(file)


class Doors:
    """A gateway under the policy, and a way in for each client."""

    def __init__(self, it, folder):
        self.it = it
        self.folder = folder

    def address(self, client):
        return f"unix://{self.folder}/{client}.sock"

    def __call__(self, client, *arguments, **more):
        return self.it.docker(*arguments, address=self.address(client), **more)

    def sdk(self, client):
        return docker.DockerClient(base_url=self.address(client), version="auto")

    def audit(self):
        lines = (self.folder / "audit.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def doors(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    options = ("--embedded", "--speed", "10")
    with served(folder, *options, "--policy", policy_in(folder)) as it:
        found = Doors(it, folder)
        label = {"com.docker.stack.namespace": "ops"}
        admin = found.sdk("admin")
        admin.secrets.create(name="ops_key", data=b"x", labels=label)
        admin.services.create(
            "nginx:1",
            name="ops_web",
            labels=label | {"traefik.enable": "true", "traefik.http.routers.a.rule": "Host(`a`)"},
            env=["PASSWORD=hush"],
            container_labels=label,
        )
        admin.close()
        yield found


def test_a_deployer_of_one_stack(doors):
    ci = doors.sdk("ci")
    ci.secrets.create(
        name="shop_password", data=b"x", labels={"com.docker.stack.namespace": "shop"}
    )
    text = (ROOT / "examples" / "shop-stack.yml").read_text(encoding="utf-8")
    file = doors.folder / "shop.yml"
    file.write_text(text.replace("password", "shop_password"), encoding="utf-8")
    (doors.folder / "shop-page.html").write_text("x", encoding="utf-8")
    deploy = ("stack", "deploy", "-c", str(file))
    doors("ci", *deploy, "shop")
    format_ = ("--format", "{{.Name}} {{.Replicas}}")
    wait_for(
        lambda: sorted(doors("ci", "service", "ls", *format_).splitlines()),
        ["shop_api 1/1", "shop_web 4/4"],
    )
    assert "shop_web.1" in doors("ci", "stack", "ps", "shop")
    assert "was started" in doors("ci", "service", "logs", "shop_web")
    doors("ci", "service", "update", "-d", "--image", "nginx:1.28", "shop_web")
    said = doors("ci", "service", "update", "-d", "--cap-add", "SYS_ADMIN", "shop_web", code=1)
    assert "policy ci: TaskTemplate.ContainerSpec.CapabilityAdd[0]" in said
    assert "(cap.add)" in said
    said = doors("ci", *deploy, "bank", code=1)
    assert "policy ci: " in said
    said = doors(
        "ci", "service", "update", "-d", "--mount-add", "type=bind,src=/,dst=/x", "shop_api", code=1
    )
    assert "bind mount of / (mount.bind)" in said
    assert "No such service: ops_web" in doors("ci", "service", "rm", "ops_web", code=1)
    with pytest.raises(docker.errors.NotFound):
        ci.services.get("ops_web")
    assert {one.name for one in ci.services.list()} == {"shop_api", "shop_web"}
    doors("ci", "stack", "rm", "shop")
    ci.close()
    plans = [each["plan"] for each in doors.audit() if each.get("operation") == "service.update"]
    image = "restarts 4 of 4 tasks, because TaskTemplate.ContainerSpec.Image changed"
    assert plans.count(image) == 2
    decisions = {(each["client"], each["decision"]) for each in doors.audit()}
    assert {("ci", "allowed"), ("ci", "done"), ("ci", "refused")} <= decisions
    assert "hush" not in json.dumps(doors.audit())


def test_a_reader(doors):
    client = doors.sdk("traefik")
    (service,) = client.services.list()
    assert service.name == "ops_web"
    assert "hush" not in str(service.attrs)
    assert service.attrs["Spec"]["Labels"]["traefik.http.routers.a.rule"] == "Host(`a`)"
    with pytest.raises(docker.errors.APIError, match="may not write services"):
        service.update(image="nginx:2")
    with pytest.raises(docker.errors.APIError, match="may not write services"):
        service.remove()
    assert client.secrets.list() == []
    client.close()
    assert "ops_web" in doors("traefik", "service", "ls")
    assert "does not let you read info" in doors("traefik", "info", code=1)
    assert "Version:" in doors("traefik", "version")


def test_sockets_are_as_the_policy_says(doors):
    modes = {
        name: (doors.folder / f"{name}.sock").stat().st_mode & 0o777 for name in ("ci", "traefik")
    }
    assert modes == {"ci": 0o600, "traefik": 0o660}


def test_it_says_who_may_do_what(tmp_path):
    with served(tmp_path, "--embedded", "--policy", policy_in(tmp_path)) as it:
        assert it.end() == 0
    assert f"client traefik ({tmp_path}/traefik.sock) reads networks, nodes, services" in it.said
    assert "sees traefik.enable=true; without args, env; writes nothing" in it.said
    assert "writes configs, networks, secrets, services; of the stacks shop" in it.said
    assert "the rules admin open label.automation:traefik.*: " in it.said
    assert f"is recorded in {tmp_path}/audit.jsonl" in it.said


def test_a_full_disk_refuses_every_write(tmp_path):
    text = POLICY.replace("{folder}/audit.jsonl", "/dev/full")
    with served(tmp_path, "--embedded", "--policy", policy_in(tmp_path, text)) as it:
        doors = Doors(it, tmp_path)
        said = doors(
            "admin", "secret", "create", "-l", "com.docker.stack.namespace=ops", "ops_a", "-",
            stdin="x", code=1,
        )  # fmt: skip
        assert "nothing was written: the audit record cannot be written: No space left" in said
        assert doors("admin", "secret", "ls", "-q") == ""


@pytest.mark.parametrize(("name", "code", "words"), [("ci", 0, "ID "), ("other", 1, "know you")])
def test_a_client_with_a_certificate(tmp_path, name, code, words):
    files = client_certificate(tmp_path, name)
    text = 'version = 1\n[clients.ci]\ncert = ["CN=ci"]\nread = ["services", "info"]\n'
    options = ("--embedded", "--listen", "tcp://127.0.0.1:0", "--policy", policy_in(tmp_path, text))
    tls = ("--tls-cert", files.certificate, "--tls-key", files.key, "--tls-ca", files.authority)
    with served(tmp_path, *options, *tls) as it:
        shown = ("--tls", "--tlscert", files.certificate, "--tlskey", files.key)
        shown += ("--tlscacert", files.authority)
        assert words in it.docker(*shown, "service", "ls", code=code)


def test_a_policy_is_read_again_as_a_whole_or_not_at_all(tmp_path):
    file = tmp_path / "policy.toml"
    with served(tmp_path, "--embedded", "--policy", policy_in(tmp_path)) as it:
        doors = Doors(it, tmp_path)
        heard = iter(it.process.stderr)

        def again(old, new):
            file.write_text(file.read_text("utf-8").replace(old, new), encoding="utf-8")
            it.process.send_signal(signal.SIGHUP)
            return next(line for line in heard if "read again" in line or "stays as" in line)

        assert "info" in doors("traefik", "info", code=1)
        more = '"networks", "info"]\nsee = ["label'
        assert "read again: traefik, ci, admin" in again('"networks"]\nsee = ["label', more)
        assert "Swarm: active" in doors("traefik", "info")
        assert "stays as it was" in again("[clients.traefik]", "[clients.traefik]\nreed = 1")
        assert "Swarm: active" in doors("traefik", "info")
        assert "its sockets changed" in again("reed = 1", 'mode = "0600"')
        (tmp_path / "audit.jsonl").rename(tmp_path / "old.jsonl")
        assert "read again" in again('mode = "0600"\nsocket', "socket")
        doors("traefik", "service", "rm", "x", code=1)
        assert [one["status"] for one in doors.audit()] == [404]


def test_a_plan_as_the_docker_command_shows_it(tmp_path):
    text = POLICY.replace("[rules.admin]", '[rules.admin]\nrequire = ["plan"]')
    with served(
        tmp_path, "--embedded", "--speed", "10", "--policy", policy_in(tmp_path, text)
    ) as it:
        doors = Doors(it, tmp_path)
        label = "com.docker.stack.namespace=ops"
        create = (
            *("service", "create", "-d", "--no-resolve-image", "--name", "ops_web", "-l", label),
            *("--container-label", label, "nginx:1"),
        )
        said = doors("admin", *create, code=1)
        assert "ask for the plan first" in said
        dry = tmp_path / "dry"
        dry.mkdir()
        headers = {"HttpHeaders": {"X-Swarmwire-Dry-Run": "1"}}
        (dry / "config.json").write_text(json.dumps(headers), encoding="utf-8")
        said = doors("admin", "--config", str(dry), *create)
        assert "dry run, nothing was written: is new, with 1 task" in said
        assert doors("admin", "service", "ls", "-q") == ""
        doors("admin", *create)
        assert doors("admin", "service", "ls", "-q") != ""


@pytest.mark.parametrize(
    ("table", "options", "words"),
    [
        ("uid = [1]", (), "the client x of the policy has no socket of its own: give --listen"),
        ('cert = ["CN=x"]', (), "is told by a certificate: give --listen tcp://HOST:PORT"),
        ('cert = ["CN=x"]', ("--listen", "tcp://127.0.0.1:0"), "is told by a certificate"),
        ("uid = [1]", ("--read-only",), "it goes without --read-only"),
        ("uid = [1]\nreed = []", (), "unknown key; did you mean read?"),
        ('socket = "/nope/x.sock"', (), "unix:///nope/x.sock: No such file or directory"),
        ('socket = "/x"\n[audit]\nfile = "/nope/x"', (), "/nope/x: no such file or directory"),
        ('socket = "/x"\nuid = [1]\n[clients.y]\nsocket = "/x"\nuid = [2]\nmode = "0600"', (),
         "the clients x and y share /x, and not its mode and group"),
    ],
)  # fmt: skip
def test_what_cannot_be_served(tmp_path, refuse, table, options, words):
    text = f"version = 1\n[clients.x]\n{table}\n"
    file = tmp_path / "policy.toml"
    file.write_text(text, encoding="utf-8")
    assert words in refuse("--embedded", "--policy", str(file), *options)
