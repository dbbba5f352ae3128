"""What is shown of a live swarm is shown as the engine that leads it shows it."""

import json

import pytest

from swarmwire import convert, engine


@pytest.fixture
def scored(fake, web):
    """A service with a field that 20.10, the manager's release, does not show."""
    web.service.spec.task.container.oom_score_adj = 5
    fake.put(web.service)
    return web.service


@pytest.fixture
def newest(fake):
    (node,) = fake.objects("node")
    node.description.engine.engine_version = "29.7.1"
    fake.put(node)


LISTS = [("inspect", "web"), ("ls", "--format", "json")]


@pytest.mark.parametrize("command", LISTS)
def test_as_the_leaders_release(invoke, scored, command):
    assert "OomScoreAdj" not in invoke(*command).text


@pytest.mark.parametrize("command", LISTS)
def test_as_the_newest(invoke, scored, newest, command):
    assert "OomScoreAdj" in invoke(*command).text


def test_as_another_release(invoke, fake, scored):
    for release in ("20.10", "29"):
        (found,) = json.loads(invoke("inspect", "web", "--engine", release).text)
        (stored,) = fake.objects("service")
        shown = convert.service_from_grpc(stored, release=release)
        assert found == json.loads(engine.encode(shown, release=release))


def test_tasks_as_json(invoke, fake, web, newest):
    assert json.loads(invoke("tasks", "--format", "json").text)
