"""What is there under the same name: compared, never changed."""

import pytest

from swarmwire import pb
from swarmwire.bundle import Bundle
from swarmwire.control.errors import control_error
from swarmwire.control.testing import FakeManager
from tests.bundle_restore import build


@pytest.fixture
def manager():
    return FakeManager()


def make(manager, kind, message):
    """Somebody else creates an object; its id."""
    request = getattr(pb, f"Create{kind.title()}Request")(spec=message.spec)
    return getattr(build.ask(manager, f"create_{kind}", request), kind).id


OTHERS = {
    "secret": ("token", build.secret("token", stack="other"), "Labels[stack]"),
    "config": ("settings", build.config("settings", b"level: 4!"), "Data"),
    "network": ("back", build.network("back", attachable=True), "Attachable"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_object_of_the_name_keeps_its_users_away(manager, kind):
    name, other, path = OTHERS[kind]
    make(manager, kind, other)
    before = build.stored(manager, kind, name)

    report = build.carry_out(manager, build.swarm())

    done = build.results(report)
    assert (done[kind, name], done["service", "web"]) == ("differs", "cannot")
    found = build.step(report.plan, kind, name)
    assert [gap.path for gap in found.gaps] == [path]
    assert found.why == f"differs in {path}; left alone"
    assert f"another {kind} {name} is there" in build.step(report.plan, "service", "web").why
    assert build.stored(manager, kind, name) == before
    assert not report.is_whole


@pytest.mark.parametrize("kind", OTHERS)
def test_another_object_is_used_if_asked(manager, kind):
    name, other, path = OTHERS[kind]
    make(manager, kind, other)
    before = build.stored(manager, kind, name)

    report = build.carry_out(manager, build.swarm(), use_existing=True)

    done = build.results(report)
    assert (done[kind, name], done["service", "web"]) == ("used", "created")
    assert build.step(report.plan, kind, name).why == f"differs in {path}"
    assert build.stored(manager, kind, name) == before
    assert report.is_whole


def test_a_service_that_is_there_differs_only_in_what_is_its_own(manager):
    build.carry_out(manager, build.swarm())
    bundle = build.swarm()
    next(one for one in bundle.secrets if one.id == "old-token").spec.annotations.labels["a"] = "b"

    plan = build.preview(manager, bundle)

    web, db = build.step(plan, "service", "web"), build.step(plan, "service", "db")
    assert (web.action, web.why) == ("differs", "another secret token is there; left alone")
    assert web.gaps == ()
    assert db.action == "present"


def test_of_many_differences_a_few_are_named(manager):
    make(manager, "secret", build.secret("token", a="1", b="2", c="3", d="4", e="5"))

    found = build.step(build.preview(manager, build.swarm()), "secret", "token")

    assert len(found.gaps) == 6
    assert found.why == "differs in Labels[a], Labels[b], Labels[c] and 3 more; left alone"


def test_only_those_who_need_it_are_kept_away(manager):
    make(manager, "secret", build.secret("token", stack="other"))

    done = build.results(build.carry_out(manager, build.swarm()))

    assert (done["service", "db"], done["service", "web"]) == ("created", "cannot")


def test_a_name_in_other_letters_is_taken_and_used_by_its_own_name(manager):
    make(manager, "secret", build.secret("TOKEN", stack="shop"))

    refused = build.preview(manager, build.swarm())
    build.carry_out(manager, build.swarm(), use_existing=True)

    (gap,) = build.step(refused, "secret", "token").gaps
    assert (gap.path, gap.found, gap.wanted) == ("Name", "TOKEN", "token")
    (reference,) = build.stored(manager, "service", "web").spec.task.container.secrets
    assert reference.secret_name == "TOKEN"


def test_another_service_is_shown_with_paths_and_values(manager):
    build.carry_out(manager, build.swarm())
    (web,) = [one for one in manager.objects("service") if one.spec.annotations.name == "web"]
    web.spec.replicated.replicas = 7
    web.spec.task.container.env.append("TOKEN=hunter2")
    manager.put(web)

    plan = build.preview(manager, build.swarm(), use_existing=True)

    found = build.step(plan, "service", "web")
    assert found.action == "differs"
    shown = {gap.path: (gap.found, gap.wanted) for gap in found.gaps}
    assert shown["Mode.Replicated.Replicas"] == (7, 2)
    assert "hunter2" not in repr(found)
    assert not plan.is_whole


def test_what_we_created_and_somebody_changed_is_fine(manager):
    journal = build.Journal()
    build.carry_out(manager, build.swarm(), journal=journal)
    (web,) = [one for one in manager.objects("service") if one.spec.annotations.name == "web"]
    web.spec.replicated.replicas = 7
    manager.put(web)

    report = build.carry_out(manager, build.swarm(), journal=journal)

    found = build.step(report.plan, "service", "web")
    assert found.action == "present"
    assert found.why == "created by an earlier run, and differs now: Mode.Replicated.Replicas"
    assert report.is_whole


def test_a_journal_of_another_swarm_means_nothing(manager):
    journal = build.Journal()
    build.carry_out(manager, build.swarm(), journal=journal)
    other = FakeManager()

    report = build.carry_out(other, build.swarm(), journal=journal)

    assert build.results(report)["service", "web"] == "created"
    assert len(journal.notes) == 2


def test_what_was_created_and_removed_again_is_created_again(manager):
    journal = build.Journal()
    build.carry_out(manager, build.swarm(), journal=journal)
    web = build.stored(manager, "service", "web")
    build.ask(manager, "remove_service", pb.RemoveServiceRequest(service_id=web.id))

    report = build.carry_out(manager, build.swarm(), journal=journal)

    assert build.results(report)["service", "web"] == "created"


@pytest.mark.parametrize(
    ("bundled", "there", "result"),
    [("", "secret-auth", "present"), ("auth-1", "auth-1", "present"), ("auth-1", "", "differs")],
)
def test_credentials_count_only_if_the_bundle_has_some(manager, bundled, there, result):
    def web(auth):
        out = build.service("web")
        if auth:
            out.spec.task.container.pull_options.registry_auth = auth
        return out

    make(manager, "service", web(there))

    found = build.step(build.preview(manager, Bundle(services=[web(bundled)])), "service", "web")

    assert found.action == result
    assert "auth-1" not in repr(found)


def test_credentials_of_the_bundle_are_sent(manager):
    web = build.service("web")
    web.spec.task.container.pull_options.registry_auth = "auth-1"

    build.carry_out(manager, Bundle(services=[web]))

    assert build.stored(manager, "service", "web").spec == web.spec


def test_drivers_of_secrets_are_compared(manager):
    ours, theirs = build.secret("vault", b""), build.secret("vault", b"")
    ours.spec.driver.name, theirs.spec.driver.name = "a", "b"
    (node,) = manager.objects("node")
    node.description.engine.plugins.add(type="secretprovider", name="b")
    manager.put(node)
    make(manager, "secret", theirs)

    found = build.step(build.preview(manager, Bundle(secrets=[ours])), "secret", "vault")

    assert [gap.path for gap in found.gaps] == ["Driver"]
    assert found.notes == ()


def test_what_a_manager_refuses_fails_alone(manager):
    # the third write is the first secret: after the label and the network
    refusing = build.Fragile(manager, 3, control_error("Internal", "no room"), after=False)

    report = build.carry_out(refusing, build.swarm())

    done = build.results(report)
    assert done["secret", "password"] == "failed"
    assert (done["service", "db"], done["service", "web"]) == ("failed", "created")
    why = {each.step.name: each.why for each in report.outcomes}
    assert why["password"] == "no room"
    assert "secret password could not be created" in why["db"]
    assert not report.is_whole
