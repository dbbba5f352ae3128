"""plan and apply judge as the engine that leads the swarm, unless told otherwise."""

import json

import pytest

from swarmwire import engine, pb
from swarmwire.convert import service_spec_from_grpc
from tests.support.inmemory import stored


@pytest.fixture
def old_manager(fake):
    """The manager in memory says that it is of that version."""

    def told(version):
        (node,) = fake.fake.objects("node")
        node.description.engine.engine_version = version
        fake.fake.put(node)

    return told


@pytest.fixture
def edited(stored_service, tmp_path):
    """What inspect shows of the service, with a change."""

    def written(change, release="29"):
        shown = service_spec_from_grpc(stored_service.spec, release=release)
        document = json.loads(engine.encode(shown, release=release))
        change(document)
        file = tmp_path / "new.json"
        file.write_text(json.dumps(document))
        return file

    return written


def name_server(document):
    document["TaskTemplate"]["ContainerSpec"]["DNSConfig"] = {"Nameservers": ["10.0.0.1:53"]}


def oom_score(document):
    document["TaskTemplate"]["ContainerSpec"]["OomScoreAdj"] = 7


def test_what_the_leader_does_not_know_is_told(invoke, fake, old_manager, edited):
    old_manager("20.10.24")
    done = invoke("plan", "web", edited(oom_score))
    assert done.code == 0
    assert "of version 20.10.24 and drops what it does not know" in done.text
    old_manager("29.7.0")
    assert invoke("plan", "web", edited(oom_score)).code == 3
    assert invoke("plan", "web", edited(oom_score), "--engine", "20.10").code == 0


def test_what_only_the_older_engine_takes_is_written(invoke, fake, old_manager, edited):
    old_manager("20.10.24")
    file = edited(name_server)
    done = invoke("apply", "web", file, "--yes", "--detach")
    assert done.code == 0, done.stderr
    assert stored(fake).spec.task.container.dns_config.nameservers == ["10.0.0.1:53"]


def test_the_newest_refuses_the_same(invoke, fake, old_manager, edited):
    old_manager("29.7.0")
    done = invoke("plan", "web", edited(name_server))
    assert done.code == 1
    assert "10.0.0.1:53" in done.stderr


def test_a_placement_restarts_only_where_it_does(invoke, fake, old_manager, edited):
    def placed(document):
        document["TaskTemplate"]["Placement"] = {"Constraints": ["node.role==manager"]}

    old_manager("20.10.24")
    assert invoke("plan", "web", edited(placed)).code == 2
    old_manager("17.12.1")
    assert invoke("plan", "web", edited(placed)).code == 3


def test_top_level_networks_are_stored_by_older_managers(invoke, fake, old_manager, edited):
    fake.fake.put(pb.Network(id="n1", spec={"annotations": {"name": "inner"}}))

    def attached(document):
        document["Networks"] = [{"Target": "n1"}]

    old_manager("28.5.2")
    done = invoke("plan", "web", edited(attached), "--format", "json")
    assert [each["path"] for each in json.loads(done.output)["differences"]] == ["Networks[0]"]
