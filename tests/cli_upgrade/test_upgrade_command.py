"""``swarmwire upgrade``: what it reads, what it says, and its exit codes."""

import json

import pytest

from swarmwire import pb
from swarmwire.cli.upgrading import inputs
from swarmwire.control import sync
from tests.cli.conftest import ROOT

SAMPLE = ROOT / "tests" / "raftstore" / "samples" / "02-rich-2010.tar.xz"
CHECKED = {"Image": "nginx:1", "Healthcheck": {"Test": ["CMD", "true"]}}


def body(name="web", container=None, **spec):
    task = {"ContainerSpec": container or {"Image": "nginx:1"}}
    return {"Name": name, "TaskTemplate": task} | spec


@pytest.fixture
def write(tmp_path):
    def written(document, name="web.json"):
        file = tmp_path / name
        file.write_text(json.dumps(document))
        return file

    return written


UP = ("upgrade", "--from", "20.10", "--to", "28.5")


def test_nothing(invoke, write):
    done = invoke(*UP, write(body()))
    assert done.code == 0
    assert "20.10 -> 28.5: 1 service: 1 unchanged" in done.text
    assert "1 service unchanged: web" in done.text
    assert "below 1.24 are refused" in done.text


def test_restarts(invoke, write):
    done = invoke(*UP, write(body(container=CHECKED)))
    assert done.code == 3
    assert "web: restarts 1 task once its document is sent again" in done.text
    assert "Healthcheck.StartInterval: null -> 0  (restarts)" in done.text
    assert "to avoid it: `swarmwire apply` with the same document" in done.text


def test_changes(invoke, write):
    spec = body(Networks=[{"Target": "n"}])
    done = invoke("upgrade", "--from", "28.5", "--to", "29.0", write(spec))
    assert done.code == 1  # a manager does not take a change of such networks
    spec = body(Labels={"a": "b"}, container={"Image": "x", "CapabilityDrop": ["NET_RAW"]})
    done = invoke("upgrade", "--from", "19.03", "--to", "20.10", write(spec))
    assert done.code == 3
    assert "Honoured from then on: TaskTemplate.ContainerSpec.CapabilityDrop" in done.text


def test_what_inspect_shows_at_once_is_a_change(invoke, tmp_path):
    service = pb.Service(id="s", spec={"annotations": {"name": "web"}})
    service.spec.task.container.image = "x"
    service.spec.replicated.replicas = 1
    service.spec.task.networks.add(target="n")
    service.spec.networks.add(target="n")
    file = tmp_path / "web.pb"
    file.write_bytes(service.SerializeToString())
    done = invoke("upgrade", "--from", "28.5", "--to", "29.0", file)
    assert "docker service inspect shows at once:\n  - Spec.Networks  (1 service)" in done.text
    assert done.code != 0


def test_refused(invoke, write):
    spec = body(container={"Image": "x", "DNSConfig": {"Nameservers": ["8.8.8.8:53"]}})
    done = invoke("upgrade", "--from", "28.5", write(spec))
    assert done.code == 1
    assert "web: its document is refused" in done.text
    assert "8.8.8.8:53" in done.text


def test_many_files_of_any_form(invoke, run, write):
    listed = write([body("a"), {"ID": "b", "Spec": body("b", CHECKED)}], "list.json")
    message = run("to-grpc", input=json.dumps(body("c")).encode()).stdout
    (listed.parent / "c.pb").write_bytes(message)
    done = invoke(*UP, "--format", "json", listed, listed.parent / "c.pb")
    found = json.loads(done.output)
    assert [(one["name"], one["verdict"], one["exact"]) for one in found["services"]] == [
        ("a", "nothing", True),
        ("b", "restarts", False),
        ("c", "nothing", False),
    ]
    assert done.code == 3


def test_standard_input(invoke):
    assert invoke(*UP, "-", data=json.dumps(body(container=CHECKED)).encode()).code == 3


def test_a_managers_folder_knows_its_engine(invoke):
    done = invoke("upgrade", "--to", "28.5", SAMPLE)
    assert done.code == 3
    assert done.text.startswith("20.10 -> 28.5: 4 services: 3 unchanged, 1 restarts")
    assert "web: restarts 3 tasks" in done.text


def test_a_bundle(invoke, tmp_path):
    assert invoke("recover", SAMPLE, "-o", tmp_path / "out").code == 0
    done = invoke(*UP, tmp_path / "out")
    assert done.code == 3
    assert "3 services unchanged" in done.text
    bare = invoke("upgrade", "--all", "--from", "20.10", "--to", "20.10", tmp_path / "out")
    assert (bare.code, bare.text.count("nothing changes")) == (0, 4)


def test_a_live_manager(invoke, fake, stored_service, monkeypatch):
    monkeypatch.setattr(inputs, "connected", lambda *_: sync.blocking(fake))
    stored_service.spec.task.container.healthcheck.test.append("NONE")
    fake.fake.put(stored_service)
    done = invoke("upgrade", "--to", "28.5")
    assert done.text.startswith("20.10 -> 28.5: 1 service: 1 restarts")
    assert done.code == 3


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("upgrade", "{web}"), "say --from RELEASE"),
        ((*UP, "{web}", "--socket", "x"), "files are read without a manager"),
        ((*UP, "{none}"), "none.json: no such file"),
        ((*UP, "{web}", "{folder}"), "compared alone"),
        (("upgrade", "--from", "latest", "{web}"), "no release of the engine: 'latest'"),
        ((*UP, "{bad}"), "bad.json: Name: "),
        ((*UP, "{compose}"), "compose.yml: neither JSON nor a message"),
        ((*UP, "{container}"), "a container, not a service"),
    ],
)
def test_bad_usage_and_input_have_code_1(run, write, tmp_path, arguments, reason):
    (tmp_path / "compose.yml").write_text("services:\n  web: {image: x}\n")
    places = {
        "{web}": write(body()),
        "{none}": tmp_path / "none.json",
        "{folder}": tmp_path,
        "{bad}": write({"Name": 5}, "bad.json"),
        "{compose}": tmp_path / "compose.yml",
        "{container}": write({"Id": "c", "HostConfig": {}}, "container.json"),
    }
    done = run(*(str(places.get(each, each)) for each in arguments))
    assert done.returncode == 1
    assert reason in done.stderr.decode()
    assert b"Traceback" not in done.stderr
