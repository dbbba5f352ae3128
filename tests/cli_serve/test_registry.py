"""``swarmwire serve --registry``: clients pin digests through it, as on an engine."""

import json
from base64 import b64encode, urlsafe_b64decode

import docker
import pytest

from tests.cli_serve.served import served
from tests.conftest import refuse_missing
from tests.registry.asking import engine_describes, header
from tests.support.debian_registry import USER, debian_registry, missing, with_password
from tests.support.dockerd import IMAGE, Dockerd
from tests.support.engine_client import EngineClient
from tests.support.registry_tokens import TokenIssuer
from tests.support.scripted_registry import MANIFEST_LIST, OCI_INDEX, OCI_MANIFEST, scripted


@pytest.fixture(scope="module", autouse=True)
def _installed():
    refuse_missing("a registry", missing())


@pytest.fixture(scope="module")
def daemon(installation):
    with Dockerd(installation) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        yield daemon


def with_images(registry):
    """Give it images of all kinds; their names."""
    arm = {"architecture": "arm", "os": "linux", "variant": "v7"}
    amd = {"architecture": "amd64", "os": "linux"}
    registry.push_image("team/one", "1", **amd)
    registry.push_image("team/oci", "1", OCI_MANIFEST, **amd)
    docker = [
        registry.push_image("team/many", f"x{at}", **each) for at, each in enumerate((amd, arm))
    ]
    document = {"schemaVersion": 2, "mediaType": MANIFEST_LIST, "manifests": docker}
    registry.push_manifest("team/many", "1", MANIFEST_LIST, document)
    oci = registry.push_image("team/index", "x", OCI_MANIFEST, **amd)
    document = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [oci]}
    digest = registry.push_manifest("team/index", "1", OCI_INDEX, document)
    names = ["team/one:1", "team/oci:1", "team/many:1", "team/index:1", f"team/index@{digest}"]
    return [f"{registry.name}/{name}" for name in names]


def test_a_certificate_that_cannot_be_used_is_told(refuse, tmp_path, monkeypatch):
    monkeypatch.setattr("swarmwire.cli.serving.registries.CERTIFICATES", tmp_path)
    (tmp_path / "registry.example").mkdir()
    file = tmp_path / "registry.example" / "own.crt"
    file.write_text("nothing")
    said = refuse("--embedded", "--registry", "registry.example")
    assert said == f"{file}: is no certificate in PEM, or no key for it"


POLICY = """
version = 1

[clients.ci]
socket = "{folder}/ci.sock"
read = ["services", "distribution"]
write = ["services"]
stacks = ["shop"]
rules = "shop"

[rules.shop]
images = ["{registry}/team/*"]
require = ["digest"]
"""


@pytest.mark.usefixtures("engines")
def test_a_policy_that_wants_digests_is_met_by_the_docker_command(tmp_path):
    policy = tmp_path / "policy.toml"
    create = ("service", "create", "--detach", "--label=com.docker.stack.namespace=shop")
    create += ("--container-label=com.docker.stack.namespace=shop", "--name")
    with debian_registry(tmp_path / "registry") as registry:
        with_images(registry)
        image = f"{registry.name}/team/many:1"
        policy.write_text(POLICY.format(folder=tmp_path, registry=registry.name), "utf-8")
        options = ("--embedded", "--policy", str(policy), "--registry", registry.name)
        with served(tmp_path, *options) as it:
            it.docker(*create, "shop_web", image)
            shown = it.docker("service", "inspect", "--format={{json .Spec}}", "shop_web")
            without = it.docker(*create, "shop_api", "--no-resolve-image", image, code=1)
            foreign = it.docker(*create, "shop_api", "nginx:1.27", code=1)
            sdk = docker.DockerClient(base_url=it.address, version="auto")
            found = sdk.images.get_registry_data(image)
            sdk.close()
            registry_is_asked = f"it asks {registry.name} about images"
            it.end()
    spec = json.loads(shown)["TaskTemplate"]
    assert f"{image}@sha256:" in spec["ContainerSpec"]["Image"]
    assert found.id == spec["ContainerSpec"]["Image"].partition("@")[2]
    assert spec["Placement"]["Platforms"] == [
        {"Architecture": "amd64", "OS": "linux"},
        {"OS": "linux"},
    ]
    assert f"image {image} has no digest (image.digest)" in without
    assert "image docker.io/library/nginx:1.27 is not listed (image)" in foreign
    assert registry_is_asked in it.said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("https://registry.example", "write it as images do, without https://"),
        ("nginx", "no HOST or HOST:PORT"),
        ("ann:hush@registry.example", "no credentials in it"),
        ("registry.example:70000", "no port 70000"),
    ],
)
def test_what_is_no_registry_is_refused(refuse, name, words):
    said = refuse("--embedded", "--registry", name)
    assert words in said
    assert "hush" not in said


SHOP = """
version: "3.8"
services:
  web: {{image: "{image}", deploy: {{replicas: 0}}}}
"""


class Gateway(EngineClient):
    """The gateway as a client asks an engine."""

    def __init__(self, path, daemon):
        self.socket = path
        self._daemon = daemon

    @property
    def api_version(self):
        return self._daemon.api_version


@pytest.fixture
def gateway(daemon, tmp_path):
    """Begins a gateway over the engine's manager, with more options."""

    def begin(*options):
        path = tmp_path / "gateway.sock"
        given = ("--listen", f"unix://{path}", "--socket", str(daemon.control_socket))
        return served(tmp_path, *given, *options), Gateway(path, daemon)

    return begin


def spec_of(daemon, name):
    spec = daemon.get(f"/services/{name}").json["Spec"]["TaskTemplate"]
    return spec["ContainerSpec"]["Image"], spec.get("Placement")


@pytest.mark.engine
def test_what_a_real_registry_says_is_told_as_by_the_engine(daemon, gateway, tmp_path):
    with debian_registry(tmp_path / "registry", daemon) as registry:
        images = with_images(registry)
        pushed = f"{registry.name}/team/busybox:1"
        daemon.cli("tag", IMAGE, pushed)
        daemon.cli("push", pushed)
        unknown = [f"{registry.name}/team/{name}" for name in ("one:2", "none", "none:1")]
        running, ours = gateway("--registry", registry.name)
        with running as it:
            for image in (*images, pushed, *unknown):
                assert engine_describes(ours, image) == engine_describes(daemon, image)
            create = ("service", "create", "--detach", "--replicas=0", "--name")
            daemon.cli(*create, "theirs", pushed)
            assert "digest" not in it.docker(*create, "ours", pushed)
            it.docker("service", "update", "--detach", f"--image={images[2]}", "ours")
            daemon.cli("service", "update", "--detach", f"--image={images[2]}", "theirs")
            stack = SHOP.format(image=pushed)
            deploy = ("stack", "deploy", "--resolve-image=always", "-c", "-")
            it.docker(*deploy, "s-ours", stdin=stack)
            daemon.cli(*deploy, "s-theirs", stdin=stack)
    for name, image in (("ours", images[2]), ("s-ours_web", pushed)):
        assert spec_of(daemon, name) == spec_of(daemon, name.replace("ours", "theirs"))
        assert f"{image}@sha256:" in spec_of(daemon, name)[0]


@pytest.mark.engine
def test_old_clients_have_their_images_pinned(daemon, gateway, tmp_path):
    def ask(who, name, image, version="1.29"):
        replicas = {"Replicated": {"Replicas": 0}}
        body = {"Name": name, "TaskTemplate": {"ContainerSpec": {"Image": image}}, "Mode": replicas}
        made = who.asked("POST", f"/v{version}/services/create", body).json
        stored = daemon.get(f"/services/{name}").json
        body["Labels"] = {"changed": "yes"}
        path = f"/v{version}/services/{name}/update?version={stored['Version']['Index']}"
        updated = who.asked("POST", path, body).json
        made.pop("ID")
        found = [made, updated, spec_of(daemon, name)]
        daemon.delete(f"/services/{name}")
        return found

    with debian_registry(tmp_path / "registry", daemon) as registry:
        images = with_images(registry)
        images += [f"{registry.name}/team/one", "docker.io/library/x@" + "sha256:" + "a" * 64]
        running, ours = gateway("--registry", registry.name)
        with running:
            found = {each: ask(ours, "ours-old", each) for each in images}
            assert found == {each: ask(daemon, "theirs-old", each) for each in images}
            newer = ask(ours, "ours-old", images[0], daemon.api_version)
    assert "@sha256:" in found[images[0]][2][0]
    assert found[f"{registry.name}/team/one"][0]["Warnings"][0].startswith("image ")
    assert newer[2][0] == images[0]


@pytest.mark.engine
def test_a_registry_that_wants_a_password(daemon, gateway, tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    with debian_registry(tmp_path / "registry", daemon, **with_password(tmp_path)) as registry:
        image = with_images(registry)[0]
        known = b64encode(":".join(USER).encode()).decode()
        auths = {"auths": {registry.name: {"auth": known}}}
        (config / "config.json").write_text(json.dumps(auths))
        running, ours = gateway("--registry", registry.name)
        with running as it:
            good = header(username=USER[0], password=USER[1])
            bad = header(username=USER[0], password="wrong")
            for login in (good, bad, ""):
                theirs = engine_describes(daemon, image, login)
                assert engine_describes(ours, image, login) == theirs
            create = ("service", "create", "--detach", "--replicas=0", "--name")
            it.docker(*create, "authorized", "--with-registry-auth", image)
            told = it.docker(*create, "nobody", image)
            it.end()
    assert "@sha256:" in spec_of(daemon, "authorized")[0]
    assert "could not be accessed on a registry to record" in told
    assert spec_of(daemon, "nobody")[0] == image
    assert USER[1] not in it.said
    assert known not in it.said


@pytest.mark.engine
def test_a_registry_that_wants_tokens(daemon, gateway, tmp_path):
    issuer = TokenIssuer(tmp_path / "issuer")
    names = [f"team/{name}" for name in ("one", "oci", "many", "index")]
    good = header(username=USER[0], password=USER[1])
    with scripted(tmp_path / "tokens", daemon) as tokens:
        wanted = issuer.settings(f"http://{tokens.name}/token")
        writing = f"Bearer {issuer.token(names, 'pull', 'push')}"
        with debian_registry(
            tmp_path / "registry", daemon, settings=wanted, authorization=writing
        ) as registry:
            image = with_images(registry)[0]
            running, ours = gateway("--registry", registry.name)
            with running:
                for token in (
                    issuer.token(names[:1], "pull"),
                    issuer.token(names[1:], "pull"),
                    "x",
                ):
                    given = json.dumps({"token": token})
                    tokens.answer("/token", 200, given, {"Content-Type": "application/json"})
                    theirs = engine_describes(daemon, image, good)
                    assert engine_describes(ours, image, good) == theirs
                    if token != "x":
                        assert (theirs[0] == 200) == (names[0] in claims_of(token))
    assert {each["headers"].get("Authorization") for each in tokens.asked} == {
        f"Basic {b64encode(':'.join(USER).encode()).decode()}"
    }


def claims_of(token):
    return urlsafe_b64decode(token.split(".")[1] + "==").decode()
