"""What ``restore`` shows of many steps, and of steps with many reasons."""

import json

import pytest

from swarmwire.bundle import Bundle, LastPlace
from tests.bundle_restore import build
from tests.cli_restore.conftest import written

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def dry_run(invoke, tmp_path):
    """The lines of a dry run of a bundle."""

    def shown(**objects):
        folder = written(Bundle(cluster_id="old", **objects), tmp_path / "bundle")
        return invoke("restore", folder, "--dry-run").text.splitlines()

    return shown


def test_many_reasons_stand_below_one_on_each_line(dry_run):
    lines = dry_run(services=[build.service("web", networks=["a", "b"], secrets=["c"])])

    assert lines[1].split(maxsplit=3)[3] == "3 reasons, see below"
    assert lines[2:5] == [
        "service web: network old-a is not in the bundle",
        "service web: network old-b is not in the bundle",
        "service web: secret c is neither in the bundle nor in the swarm",
    ]


def test_a_reason_is_told_once(dry_run):
    web = build.service("web", networks=["a", "a"])

    lines = dry_run(services=[web])

    assert lines[1].endswith("network old-a is not in the bundle")
    assert sum("old-a" in line for line in lines) == 1


def with_volume(name, volume):
    service = build.service(name)
    service.spec.task.container.mounts.add(type="VOLUME", source=volume, target="/data")
    return service


def test_few_notes_stand_one_by_one(dry_run):
    lines = dry_run(services=[with_volume(f"db{at}", f"data{at}") for at in range(3)])

    told = [line for line in lines if "note:" in line]
    assert told[2] == "service db2: note: data of volumes are not in a bundle: data2"
    assert len(told) == 3


def test_many_notes_of_one_sort_take_one_line(dry_run):
    lines = dry_run(services=[with_volume(f"db{at:02}", f"data{at:02}") for at in range(300)])

    (told,) = [line for line in lines if "note:" in line]
    assert told.startswith(
        "300 services: note: data of volumes are not in a bundle: data00, data01"
    )
    assert told.endswith("data09 and 290 more")


def test_of_many_equal_notes_the_names_are_told(dry_run):
    bound = [build.service(f"s{at:02}", constraints=["node.role==none"]) for at in range(11)]

    lines = dry_run(services=bound)

    (told,) = [line for line in lines if "note:" in line]
    assert told.startswith("11 services: note: node.role == none: no node satisfies it: s00, s01")
    assert told.endswith("s09 and 1 more")


def test_what_could_be_done_about_what_differs_is_told(invoke, tmp_path, fake):
    bundle = Bundle(cluster_id="old", secrets=[build.secret("token")])
    bundle.services = [build.service("web", secrets=["token"])]
    folder = written(bundle, tmp_path / "bundle")
    fake.put(build.secret("token", stack="another"))

    refused = invoke("restore", folder, "--dry-run")
    used = invoke("restore", folder, "--dry-run", "--use-existing")

    assert "another secret token is there\n" in refused.text
    assert refused.text.count("--use-existing lets services use what is there") == 1
    assert "--use-existing" not in used.text


def test_a_long_list_of_what_is_missing_is_cut(invoke, tmp_path):
    services = [build.service(f"s{at:02}", secrets=["gone"]) for at in range(30)]
    folder = written(Bundle(cluster_id="old", services=services), tmp_path / "bundle")

    done = invoke("restore", folder, "--yes")

    assert done.stderr.startswith("swarmwire: not restored: service s00, service s01")
    assert done.stderr.endswith("service s09 and 20 more\n")


def test_what_nodes_need_is_listed_and_warned_of_before_anything_is_written(invoke, tmp_path, fake):
    db = build.service("db")
    db.spec.task.container.mounts.add(type="VOLUME", source="data", target="/data")
    ran = [LastPlace(service=db.id, image="busybox:1", node="n", hostname="lost")]
    folder = written(Bundle(cluster_id="old", services=[db], ran=ran), tmp_path / "bundle")

    done = invoke("restore", folder, "--dry-run")

    assert "Images and volumes that nodes must have (no bundle holds them)\n" in done.text
    rows = [" ".join(line.split()) for line in done.text.splitlines()]
    assert "db image busybox:1 not known: manager; was on hosts that are gone: lost" in rows
    assert (
        "swarmwire: warning: db: image busybox:1 has no digest, so it may be in no registry:"
        " see that manager can get it\n"
    ) in done.stderr
    assert (
        "warning: db: volume data was on lost, and nothing tells that it is on manager\n"
    ) in done.stderr


def test_programs_get_what_nodes_need(invoke, tmp_path, fake):
    folder = written(Bundle(cluster_id="old", services=[build.service("web")]), tmp_path / "bundle")

    done = invoke("restore", folder, "--dry-run", "--format", "json")

    (step,) = json.loads(done.output)["steps"]
    (need,) = step["needs"]
    assert (need["what"], need["name"], need["unknown"]) == ("image", "busybox:1", ["manager"])
