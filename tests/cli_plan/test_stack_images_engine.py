"""Which digests ``apply --stack`` pins, beside ``docker stack deploy``: a real engine is asked."""

import pytest

from tests.cli_plan.test_stack_engine import specs, written
from tests.support.dockerd import Dockerd
from tests.support.registry import REGISTRY, serving

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def daemon(newest):
    with Dockerd(newest) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        yield daemon


@pytest.fixture
def here(daemon, monkeypatch):
    monkeypatch.setenv("SWARMWIRE_SOCKET", str(daemon.control_socket))
    return daemon


PINNED = f"""
services:
  app: {{image: "{REGISTRY}/app:1", deploy: {{replicas: 0}}}}
  old: {{image: "{REGISTRY}/app:0", deploy: {{replicas: 0}}}}
"""


@pytest.mark.parametrize("mode", ["always", "changed", "never"])
def test_digests_are_pinned_as_docker_pins_them(here, invoke, mode):
    with serving(here) as registry:
        registry.tag("1", "first")
        registry.tag("0", "zero")
        file = written(here, f"pin-{mode}", PINNED)
        ours = ("apply", "--stack", f"p{mode}", "-c", file, "--yes", "--resolve-image", mode)
        for content in ("first", "second"):
            registry.tag("1", content)
            here.cli("stack", "deploy", f"--resolve-image={mode}", "-c", str(file), f"d{mode}")
            done = invoke(*ours, "--engine-socket", here.socket)
            assert done.code == 0, done.text + done.stderr
            assert specs(here, f"p{mode}") == specs(here, f"d{mode}")
    moved = f"the tag {REGISTRY}/app:1 has moved from sha256:" in " ".join(done.text.split())
    assert moved == (mode == "always")
    assert ("@sha256:" in str(specs(here, f"p{mode}"))) == (mode != "never")


def test_a_registry_that_is_away_takes_no_digest_away(here, invoke):
    file = written(here, "away", PINNED)
    ours = ("apply", "--stack", "away", "-c", file, "--yes", "--engine-socket", here.socket)
    with serving(here) as registry:
        registry.tag("1", "first")
        registry.tag("0", "zero")
        assert invoke(*ours).code == 0
    done = invoke(*ours)
    assert done.code == 0
    assert f"The image {REGISTRY}/app:1 could not be looked up (" in " ".join(done.text.split())
    assert "@sha256:" in str(specs(here, "away"))
