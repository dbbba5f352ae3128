"""What is created, in which order, and that it leads to the right things there."""

import pytest

from swarmwire import pb
from swarmwire.bundle import Bundle
from swarmwire.bundle.restore import SameSwarm
from swarmwire.control.testing import FakeManager
from swarmwire.plan import differences
from tests.bundle_restore import build


@pytest.fixture
def manager():
    return FakeManager()


def test_everything_is_restored_in_order(manager):
    bundle = build.swarm()

    report = build.carry_out(manager, bundle)

    done = [(each.step.kind, each.step.name, each.result) for each in report.outcomes]
    assert done == [
        ("node", "manager", "labelled"),
        ("network", "ingress", "present"),
        ("network", "back", "created"),
        ("secret", "password", "created"),
        ("secret", "token", "created"),
        ("config", "settings", "created"),
        ("service", "db", "created"),
        ("service", "web", "created"),
    ]
    assert report.is_whole
    assert build.names(manager, "network") == ["back", "bridge", "host", "ingress"]
    (node,) = manager.objects("node")
    assert dict(node.spec.annotations.labels) == {"zone": "a"}
    assert [one.spec.data for one in manager.objects("secret")] == [build.PAYLOAD] * 2
    assert build.stored(manager, "config", "settings").spec == bundle.configs[0].spec


def test_references_lead_to_the_objects_of_the_new_swarm(manager):
    bundle = build.swarm()

    build.carry_out(manager, bundle)

    web = build.stored(manager, "service", "web")
    back, host = (build.stored(manager, "network", name).id for name in ("back", "host"))
    token = build.stored(manager, "secret", "token").id
    settings = build.stored(manager, "config", "settings").id
    assert [one.target for one in web.spec.task.networks] == [back, host]
    assert [one.secret_id for one in web.spec.task.container.secrets] == [token]
    assert [one.config_id for one in web.spec.task.container.configs] == [settings]
    # and nothing else has changed
    paths = {each.path for each in differences(bundle.services[1].spec, web.spec)}
    assert paths == {
        "TaskTemplate.Networks[0]",
        "TaskTemplate.Networks[1]",
        "TaskTemplate.ContainerSpec.Secrets[0].SecretID",
        "TaskTemplate.ContainerSpec.Configs[0].ConfigID",
    }
    assert (web.id, web.HasField("previous_spec")) != (bundle.services[1].id, True)


def test_every_field_of_a_service_that_holds_an_id_is_known():
    """A reference that SwarmKit adds must not be sent as it was in the dead swarm."""
    found, seen = set(), set()

    def walk(descriptor):
        if descriptor.full_name in seen:
            return
        seen.add(descriptor.full_name)
        for field in descriptor.fields:
            if field.message_type is not None:
                walk(field.message_type)
            elif field.name.endswith(("_id", "_ids", "target", "reference")):
                found.add(f"{descriptor.name}.{field.name}")

    walk(pb.ServiceSpec.DESCRIPTOR)

    assert found == {
        "ConfigReference.config_id",
        "NetworkAttachmentConfig.target",
        "ResourceReference.resource_id",
        "SecretReference.secret_id",
        # where in a container, and which container
        "Mount.target",
        "NetworkAttachmentSpec.container_id",
    }


def test_every_sort_of_reference_is_followed(manager):
    odd = build.service("odd", configs=["settings"])
    container = odd.spec.task.container
    spec = container.configs.add(config_id="old-spec", config_name="spec")
    spec.runtime.SetInParent()
    container.privileges.credential_spec.config = "old-spec"
    odd.spec.networks.add(target="old-back")
    references = odd.spec.task.resource_references
    references.add(resource_id="old-token", resource_type="SECRET")
    references.add(resource_id="old-settings", resource_type="CONFIG")
    references.add(resource_id="a-task", resource_type="TASK")
    bundle = build.swarm()
    bundle.configs.append(build.config("spec"))
    bundle.services = [odd]

    build.carry_out(manager, bundle)

    found = build.stored(manager, "service", "odd").spec
    ids = {
        name: build.stored(manager, kind, name).id
        for kind, name in (
            ("network", "back"),
            ("secret", "token"),
            ("config", "settings"),
            ("config", "spec"),
        )
    }
    assert found.task.container.privileges.credential_spec.config == ids["spec"]
    assert [one.target for one in found.networks] == [ids["back"]]
    led = [one.resource_id for one in found.task.resource_references]
    assert led == [ids["token"], ids["settings"], "a-task"]


def test_running_again_does_nothing(manager):
    build.carry_out(manager, build.swarm())
    before = manager.store.version

    report = build.carry_out(manager, build.swarm())

    assert set(build.results(report).values()) == {"present"}
    assert manager.store.version == before


def test_a_payload_that_cannot_be_compared_is_told_unless_we_sent_it(manager):
    journal = build.Journal()
    build.carry_out(manager, build.swarm(), journal=journal)

    (noted,) = build.step(build.preview(manager, build.swarm()), "secret", "token").notes
    report = build.carry_out(manager, build.swarm(), journal=journal)

    assert "cannot be read back" in noted
    assert build.step(report.plan, "secret", "token").notes == ()


def test_the_same_swarm_is_refused(manager):
    bundle = build.swarm()
    (cluster,) = manager.objects("cluster")
    bundle.cluster_id = cluster.id

    with pytest.raises(SameSwarm):
        build.preview(manager, bundle)

    assert build.preview(manager, bundle, same_swarm=True).is_whole


def test_a_reference_that_leads_nowhere_is_named(manager):
    lost = build.service("lost", networks=["gone"], secrets=["nowhere"])
    bundle = Bundle(services=[lost], network_names={"old-gone": "gone"})

    found = build.step(build.preview(manager, bundle), "service", "lost")
    report = build.carry_out(manager, bundle)

    assert found.action == "cannot"
    assert "network gone is neither in the bundle nor in the swarm" in found.why
    assert "secret nowhere is neither in the bundle nor in the swarm" in found.why
    assert not report.is_whole
    assert manager.objects("service") == []


def test_what_the_bundle_lacks_and_somebody_made_by_hand_is_used(manager):
    made = {}
    for kind, message in (("secret", build.secret("password")), ("network", build.network("back"))):
        request = getattr(pb, f"Create{kind.title()}Request")(spec=message.spec)
        made[kind] = getattr(build.ask(manager, f"create_{kind}", request), kind).id
    db = build.service("db", networks=["back"], secrets=["password"])
    bundle = Bundle(services=[db], network_names={"old-back": "back"})

    report = build.carry_out(manager, bundle)

    notes = build.step(report.plan, "service", "db").notes
    assert any("network back is not in the bundle: that of the swarm is used" in n for n in notes)
    assert any("secret password is not in the bundle" in note for note in notes)
    spec = build.stored(manager, "service", "db").spec
    assert spec.task.networks[0].target == made["network"]
    assert spec.task.container.secrets[0].secret_id == made["secret"]


def test_everything_wrong_is_told_before_anything_is_written(manager):
    bad = build.service("not a name", networks=["back"])
    bad.spec.task.container.image = "NO"
    empty = build.secret("empty", data=b"")
    bundle = Bundle(services=[bad], networks=[build.network("back")], secrets=[empty])
    before = manager.store.version

    plan = build.preview(manager, bundle)

    why = build.step(plan, "service", "not a name").why
    assert "name must be valid as a DNS name component" in why
    assert "is not a valid repository/tag" in why
    assert build.step(plan, "secret", "empty").why == "the bundle does not hold its payload"
    assert manager.store.version == before


def test_values_of_variables_are_not_shown(manager):
    leaky = build.service("leaky")
    leaky.spec.task.container.env.append("PASSWORD={{.hunter2")

    found = build.step(build.preview(manager, Bundle(services=[leaky])), "service", "leaky")

    assert found.action == "cannot"
    assert "hunter2" not in repr(found)


def test_jobs_run_again_only_if_asked(manager):
    job = build.service("job", replicated_job=pb.ReplicatedJob(total_completions=1))
    bundle = Bundle(services=[job])

    report = build.carry_out(manager, bundle)
    again = build.carry_out(manager, bundle, jobs=True)

    assert build.results(report) == {("service", "job"): "skipped"}
    assert report.is_whole
    assert build.results(again) == {("service", "job"): "created"}


def test_global_services_and_none_at_all(manager):
    idle = build.service("idle", replicated=pb.ReplicatedService())
    everywhere = build.service("everywhere")
    getattr(everywhere.spec, "global").SetInParent()

    report = build.carry_out(manager, Bundle(services=[idle, everywhere]))

    assert set(build.results(report).values()) == {"created"}
    assert build.stored(manager, "service", "idle").spec == idle.spec
    assert build.stored(manager, "service", "everywhere").spec == everywhere.spec


def test_ports_that_others_hold_are_told_beforehand(manager):
    def publishing(name):
        out = build.service(name)
        out.spec.endpoint.ports.add(target_port=80, published_port=8080)
        return out

    request = pb.CreateServiceRequest(spec=publishing("theirs").spec)
    build.ask(manager, "create_service", request)

    plan = build.preview(manager, Bundle(services=[publishing("ours")]))

    found = build.step(plan, "service", "ours")
    assert (found.action, found.why) == ("cannot", "port 8080 is already in use by service theirs")


def test_protocol_that_crashes_managers_is_never_sent(manager):
    deadly = build.service("deadly")
    deadly.spec.endpoint.ports.add(target_port=80, protocol=7)

    report = build.carry_out(manager, Bundle(services=[deadly]))

    assert build.results(report) == {("service", "deadly"): "cannot"}
    assert "do not know protocol 7" in report.outcomes[0].why


def test_ingress_in_the_deprecated_field_is_never_sent(manager):
    deadly = build.service("deadly")
    deadly.spec.networks.add(target="old-ingress")

    plan = build.preview(manager, Bundle(services=[deadly], networks=[build.ingress()]))

    found = build.step(plan, "service", "deadly")
    assert found.action == "cannot"
    assert "cannot be explicitly attached to the ingress network" in found.why


def test_secrets_of_managers_themselves_are_left_out(manager):
    internal = build.secret("internal")
    internal.internal = True

    report = build.carry_out(manager, Bundle(secrets=[internal]))

    assert build.results(report) == {("secret", "internal"): "skipped"}
    assert manager.objects("secret") == []


def test_nothing_shows_a_payload(manager):
    report = build.carry_out(manager, build.swarm())

    assert build.PAYLOAD.decode() not in repr(report)
    assert build.PAYLOAD.decode() not in repr(build.swarm())
