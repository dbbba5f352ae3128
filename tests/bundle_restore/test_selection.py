"""A part of a bundle: what was asked for, and what it refers to."""

import pytest

from swarmwire.bundle import Bundle
from swarmwire.bundle.restore import NotInBundle
from swarmwire.control.testing import FakeManager
from tests.bundle_restore import build

CHOICES = {
    ("service/db",): {("network", "back"), ("secret", "password"), ("service", "db")},
    ("service/old-db",): {("network", "back"), ("secret", "password"), ("service", "db")},
    ("secret/token",): {("secret", "token")},
    ("secret/*o*",): {("secret", "token"), ("secret", "password")},
    ("node/manager", "config/settings"): {("node", "manager"), ("config", "settings")},
}


@pytest.mark.parametrize("only", CHOICES, ids=" ".join)
def test_nothing_but_that_is_restored(only):
    manager = FakeManager()

    report = build.carry_out(manager, build.swarm(), only=only)

    assert set(build.results(report)) == CHOICES[only]
    assert report.is_whole


def test_a_selected_service_reaches_the_networks_of_nodes():
    manager = FakeManager()

    report = build.carry_out(manager, build.swarm(), only=("service/web",))

    assert build.results(report)["service", "web"] == "created"
    targets = [one.target for one in build.stored(manager, "service", "web").spec.task.networks]
    assert build.stored(manager, "network", "host").id in targets


@pytest.mark.parametrize(
    "only", ["service/nowhere", "service/x*", "secret/db", "db", "task/x", "service/", ""]
)
def test_what_is_not_there_is_refused(only):
    with pytest.raises(NotInBundle) as refused:
        build.preview(FakeManager(), build.swarm(), only=(only,))

    assert refused.value.wanted == only


def test_of_namesakes_the_youngest_is_restored():
    """A bundle of what was removed may hold a secret twice."""
    manager = FakeManager()
    secrets = []
    for seconds, data in ((2, b"new"), (1, b"old")):
        secret = build.secret("token", data)
        secret.id = f"removed-{seconds}"
        secret.meta.created_at.seconds = seconds
        secrets.append(secret)

    report = build.carry_out(manager, Bundle(secrets=secrets))
    by_id = build.preview(FakeManager(), Bundle(secrets=secrets), only=("secret/removed-1",))

    assert [(each.step.old_id, each.result) for each in report.outcomes] == [
        ("removed-1", "skipped"),
        ("removed-2", "created"),
    ]
    assert build.stored(manager, "secret", "token").spec.data == b"new"
    assert [(step.old_id, step.action) for step in by_id.steps] == [("removed-1", "create")]
