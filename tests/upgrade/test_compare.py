"""What an upgrade changes: the surprises that were measured, and what surprises nobody."""

import json
from itertools import pairwise

import pytest

from swarmwire import convert, engine, pb, upgrade
from swarmwire.errors import ConvertError, DecodeError, UnknownRelease

NAMES = [release.name for release in engine.RELEASES]
PAIRS = list(pairwise(NAMES))
CONTAINER = "TaskTemplate.ContainerSpec"


def written(container=None, **spec):
    body = {"Name": "web", "TaskTemplate": {"ContainerSpec": {"Image": "nginx:1.25"}}}
    body["TaskTemplate"]["ContainerSpec"] |= container or {}
    return upgrade.Written(json.dumps(body | spec).encode())


def only(report):
    (found,) = report.services
    return found


def compared(document, before, after):
    return only(upgrade.compare([document], before=before, after=after))


PLAIN = written(
    {
        "Env": ["A=1"],
        "Mounts": [
            {
                "Type": "bind",
                "Source": "/a",
                "Target": "/b",
                "BindOptions": {"Propagation": "slave"},
            },
            {"Type": "volume", "Source": "v", "Target": "/v", "VolumeOptions": {"NoCopy": True}},
        ],
        "Secrets": [
            {"SecretID": "s", "SecretName": "n", "File": {"Name": "f", "UID": "0", "GID": "0"}}
        ],
        "Privileges": {"SELinuxContext": {"User": "u"}},
    },
    Mode={"Replicated": {"Replicas": 3}},
    UpdateConfig={"Parallelism": 2},
)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_plain_service_is_left_alone(before, after):
    found = compared(PLAIN, before, after)
    assert (found.verdict, found.changes, found.refused) == ("nothing", (), ())


def test_health_check_restarts_at_25():
    document = written({"Healthcheck": {"Test": ["CMD", "true"]}})
    found = compared(document, "24.0", "25.0")
    assert found.verdict == "restarts"
    (change,) = found.changes
    assert change.path == f"{CONTAINER}.Healthcheck.StartInterval"
    assert "start interval" in change.why
    assert "swarmwire apply" in change.fix
    assert [pair for pair in PAIRS if compared(document, *pair).verdict == "restarts"] == [
        ("24.0", "25.0")
    ]


def test_tmpfs_restarts_at_27():
    document = written({"Mounts": [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {}}]})
    assert [pair for pair in PAIRS if compared(document, *pair).verdict == "restarts"] == [
        ("26.1", "27.5")
    ]


def test_long_name_server_restarts_at_29_and_what_to_write_is_told():
    document = written({"DNSConfig": {"Nameservers": ["2001:0DB8::1"]}})
    found = compared(document, "28.5", "29.0")
    assert found.verdict == "restarts"
    assert any("'2001:db8::1'" in change.fix for change in found.changes)
    short = written({"DNSConfig": {"Nameservers": ["2001:db8::1"]}})
    assert compared(short, "28.5", "29.0").verdict == "nothing"


def test_unreadable_name_server_is_refused_at_29():
    document = written({"DNSConfig": {"Nameservers": ["8.8.8.8:53"]}})
    found = compared(document, "28.5", "29")
    assert found.verdict == "refused"
    assert "8.8.8.8:53" in found.refused[0]


def test_top_level_networks_are_dropped_at_29():
    found = compared(written(Networks=[{"Target": "n"}]), "28.5", "29")
    assert found.verdict == "refused"
    assert found.dropped == ("Networks",)
    assert found.refused == ("networks must be migrated to TaskSpec before being changed",)


def test_field_that_was_dropped_is_honoured():
    found = compared(written({"CapabilityDrop": ["NET_RAW"]}), "19.03", "20.10")
    assert found.honoured == (f"{CONTAINER}.CapabilityDrop",)
    assert found.verdict == "restarts"


def test_stored_service_is_taken_for_what_inspect_shows():
    stored = pb.Service(id="s")
    stored.spec.CopyFrom(convert.service_spec_to_grpc(_health_check(), release="20.10"))
    found = compared(stored, "20.10", "28.5")
    assert (found.verdict, found.exact) == ("restarts", False)
    tasks = []
    for slot in (1, 2):
        task = pb.Task(id=f"t{slot}", service_id="s", slot=slot, desired_state=512)
        task.spec.CopyFrom(stored.spec.task)
        tasks.append(task)
    stored.spec.replicated.replicas = 2
    report = upgrade.compare([stored], before="20.10", after="28.5", tasks=tasks, nodes=[])
    assert only(report).restarts == 2
    assert report.restarting == report.services


def _health_check():
    spec = engine.ServiceSpec(name="web")
    spec.task_template.container_spec = engine.ContainerSpec(
        image="x", healthcheck=engine.HealthcheckConfig(test=["CMD", "true"])
    )
    return spec


def test_a_job_that_stays_as_it_is_is_not_told_to_restart():
    job = written(Mode={"ReplicatedJob": {}})
    assert compared(job, "20.10", "28.5").verdict == "nothing"


def test_what_inspect_shows_at_once():
    found = compared(written(Networks=[{"Target": "n"}]), "28.5", "29")
    assert {(each.path, each.what) for each in found.shown} == {
        ("Spec.Networks", "disappears"),
        ("Spec.TaskTemplate.Networks", "appears"),
    }
    assert compared(written(), "20.10", "28.5").shown == ()


def test_why_a_field_changes_that_was_dropped():
    found = compared(written({"Privileges": {"NoNewPrivileges": True}}), "20.10", "28.5")
    assert [each.why for each in found.changes if each.path.endswith("NoNewPrivileges")] == [
        "the older release silently drops this field, the newer one stores it"
    ]


def test_what_inspect_printed_is_no_document():
    spec = engine.encode(_health_check())
    (found,) = upgrade.compare(
        [upgrade.Written(spec, is_inspected=True)], before="20.10", after="28.5"
    ).services
    assert (found.verdict, found.exact) == ("restarts", False)


def test_a_document_without_a_name_takes_the_one_that_is_given():
    body = b'{"TaskTemplate":{"ContainerSpec":{"Image":"x"}}}'
    assert only(upgrade.compare([upgrade.Written(body, "db")], before="28.5")).name == "db"


def test_a_service_that_the_older_release_cannot_show_cannot_be_judged():
    stored = pb.Service(id="s")
    stored.spec.annotations.name = "odd"
    stored.spec.task.attachment.container_id = "c"
    found = compared(stored, "28.5", "29")
    assert found.verdict == "unknown"
    assert found.refused


def test_a_manager_that_crashes_on_what_is_stored():
    stored = pb.Service(id="s")
    stored.spec.CopyFrom(convert.service_spec_to_grpc(_health_check(), release="17.12"))
    task = pb.Task(id="t", service_id="s", slot=1, node_id="n", desired_state="RUNNING")
    task.spec.CopyFrom(stored.spec.task)
    task.spec.placement.constraints.append("node.role==manager")
    node = pb.Node(id="n", role="MANAGER")
    swarm = {"tasks": [task], "nodes": [node]}
    found = only(upgrade.compare([stored], before="17.12", after="18.09", **swarm))
    assert "managers crash" in found.faults[0]
    found = only(upgrade.compare([stored], before="18.09", after="20.10", **swarm))
    assert found.faults == ()


def test_values_of_the_environment_are_hidden_on_request():
    document = written({"Env": ["A=secret"], "Healthcheck": {"Test": ["CMD", "true"]}})
    report = upgrade.compare([document], before="20.10", after="28.5", hide_env=True)
    assert "secret" not in repr(report)


def test_clients_that_stop_working_are_named():
    report = upgrade.compare([], before="28.5", after="29")
    assert report.clients.refused_below == "1.40"
    assert report.clients.commands == ("17.12", "18.09")
    assert "below 1.40" in report.clients.text
    assert upgrade.compare([], before="25.0", after="28.5").clients.text == ""


def test_what_is_no_service_is_refused():
    with pytest.raises(ConvertError, match=r"expected pb\.Service or Written"):
        upgrade.compare([{"Name": "web"}], before="20.10")
    with pytest.raises(UnknownRelease):
        upgrade.compare([], before="latest")
    with pytest.raises(DecodeError) as caught:
        upgrade.compare([PLAIN, upgrade.Written(b'{"Name":5}')], before="20.10")
    assert caught.value.path == "[1].Name"
