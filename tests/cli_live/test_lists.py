"""ls, ps, tasks, nodes and inspect against a manager in memory."""

import json

import pytest

from swarmwire import pb
from swarmwire.control.errors import control_error
from tests.cli_live.conftest import rows, service, task


def test_ls_tells_how_many_tasks_run(invoke, fake, web):
    web.service.endpoint.ports.add(target_port=80, published_port=8080)
    web.service.endpoint.ports.add(target_port=53, protocol="UDP", publish_mode="HOST")
    web.service.update_status.state = pb.UpdateStatus.PAUSED
    fake.put(web.service)
    (row,) = rows(invoke("ls").text)
    assert row == {
        "ID": "web",
        "NAME": "web",
        "MODE": "replicated",
        "REPLICAS": "2/2",
        "IMAGE": "busybox:1",
        "PORTS": "*:8080->80/tcp, host:?->53/udp",
        "UPDATE": "paused",
    }


def test_ls_counts_jobs_by_what_is_complete(invoke, fake):
    job = service("job", replicated_job={"max_concurrent": 1, "total_completions": 3})
    each = service("each", global_job={})
    fake.put(job, each, task(job, 0, "j0", "COMPLETE", "COMPLETE"))
    first, second = rows(invoke("ls").text)
    assert (first["NAME"], first["MODE"], first["REPLICAS"]) == (
        *("each", "global job"),
        "0/0 (0/0 completed)",
    )
    assert (second["MODE"], second["REPLICAS"]) == ("replicated job", "0/1 (1/3 completed)")


def test_ls_of_an_old_manager_knows_no_counts(invoke, fake, web, monkeypatch):
    whole = type(fake).unary

    async def unary(self, method, request):
        if method.place == "Control/ListServiceStatuses":
            raise control_error("Unimplemented", "unknown method ListServiceStatuses")
        return await whole(self, method, request)

    monkeypatch.setattr(type(fake), "unary", unary)
    (row,) = rows(invoke("ls").text)
    assert row["REPLICAS"] == "?"
    assert "ServiceStatus" not in json.loads(invoke("ls", "--format", "json").text)[0]


def test_ls_as_json(invoke, fake, web):
    (found,) = json.loads(invoke("ls", "--format", "json").text)
    assert found["ServiceStatus"] == {"RunningTasks": 2, "DesiredTasks": 2, "CompletedTasks": 0}
    (raw,) = json.loads(invoke("ls", "--raw").text)
    assert raw["spec"]["task"]["container"]["image"] == "busybox:1"


def test_an_empty_swarm_has_heads_only(invoke, fake):
    assert invoke("ls").text == "ID  NAME  MODE  REPLICAS  IMAGE  PORTS  UPDATE\n"
    assert invoke("ls", "--format", "json").text == "[]\n"


def test_ps_tells_which_tasks_run_an_old_spec(invoke, fake, web):
    found = {row["ID"]: row for row in rows(invoke("ps", "web").text)}
    assert {id_: row["SPEC"] for id_, row in found.items()} == {
        "t1": "current",
        "t2": "old",
        "t3": "",
    }
    assert found["t3"]["ERROR"] == "task: non-zero exit (1)"
    assert found["t1"]["NODE"] == "manager"
    assert found["t1"]["NAME"] == "web.1"


def test_ps_of_the_live(invoke, fake, web):
    assert [row["ID"] for row in rows(invoke("ps", "--live", "web").text)] == ["t1", "t2"]


def test_ps_as_json(invoke, fake, web):
    other = service("other")
    fake.put(other, task(other, 1, "o1"))
    found = json.loads(invoke("ps", "web", "--format", "json").text)
    assert [one["ID"] for one in found] == ["t1", "t2", "t3"]
    raw = json.loads(invoke("ps", "web", "--raw").text)
    assert raw[1]["spec"]["container"]["image"] == "busybox:0"


def test_ps_of_an_unknown_service(invoke, fake):
    done = invoke("ps", "cow")
    assert (done.code, done.stderr) == (1, "swarmwire: service cow not found\n")


def test_tasks_of_a_node(invoke, fake, web):
    elsewhere = pb.Node(id="n2")
    elsewhere.description.hostname = "second"
    fake.put(elsewhere, task(web.service, 3, "t4", node_id="n2"))
    assert [row["ID"] for row in rows(invoke("tasks", "--node", "second").text)] == ["t4"]
    assert len(rows(invoke("tasks").text)) == 4
    assert len(rows(invoke("tasks", "--live").text)) == 3


def test_tasks_that_are_ghosts(invoke, fake, web):
    fake.put(task(service("gone"), 1, "ghost"))
    assert [row["ID"] for row in rows(invoke("tasks", "--ghosts").text)] == ["ghost"]


def test_tasks_of_no_container_are_not_listed_but_raw(invoke, fake):
    attachment = pb.Task(id="a")
    attachment.spec.attachment.container_id = "c"
    fake.put(attachment)
    assert rows(invoke("tasks").text) == []
    assert [one["id"] for one in json.loads(invoke("tasks", "--raw").text)] == ["a"]


def test_nodes(invoke, fake):
    worker = pb.Node(id="w", role="WORKER")
    worker.spec.desired_role = pb.NodeRole.Value("MANAGER")
    worker.spec.availability = pb.NodeSpec.DRAIN
    worker.description.hostname = "worker"
    worker.status.state = pb.NodeStatus.DOWN
    worker.status.message = "heartbeat failure"
    other = pb.Node(id="m", role="MANAGER")
    other.description.hostname = "other"
    other.spec.desired_role = other.role
    other.manager_status.reachability = pb.RaftMemberStatus.UNREACHABLE
    fake.put(worker, other)
    manager, second, third = rows(invoke("nodes").text)
    assert (manager["HOSTNAME"], manager["MANAGER"]) == ("manager", "leader")
    assert second["MANAGER"] == "unreachable"
    assert (third["ROLE"], third["AVAILABILITY"], third["STATE"], third["MESSAGE"]) == (
        "worker, to be manager",
        "drain",
        "down",
        "heartbeat failure",
    )
    assert len(json.loads(invoke("nodes", "--format", "json").text)) == 3
    assert json.loads(invoke("nodes", "--raw").text)[0]["id"]


def test_inspect_finds_objects_of_any_kind(invoke, fake, web):
    found = json.loads(invoke("inspect", "web", "manager", "t1", "ingress").text)
    assert [one.get("ID") or one["Id"] for one in found][:3] == ["web", web.node.id, "t1"]
    assert not found[3]["Containers"]


@pytest.mark.parametrize("kind", ["network", "task", "volume"])
def test_inspect_of_one_kind_finds_no_other(invoke, fake, web, kind):
    done = invoke("inspect", "--kind", kind, "web")
    assert (done.code, done.stderr) == (1, f"swarmwire: {kind} web not found\n")


def test_inspect_hides_join_tokens_unless_asked(invoke, fake):
    (hidden,) = json.loads(invoke("inspect", "--kind", "swarm").text)
    assert hidden["JoinTokens"] == {"Worker": "<redacted>", "Manager": "<redacted>"}
    (shown,) = json.loads(invoke("inspect", "--kind", "swarm", "--secrets").text)
    assert shown["JoinTokens"]["Worker"].startswith("SWMTKN-")


def test_inspect_raw(invoke, fake, web):
    (found,) = json.loads(invoke("inspect", "--raw", "web").text)
    assert found["spec"]["replicated"] == {"replicas": "2"}


def test_inspect_of_a_network_asks_for_the_use_of_its_addresses(invoke, fake, monkeypatch):
    whole = type(fake).unary

    async def unary(self, method, request):
        answer = await whole(self, method, request)
        if method.place == "Control/GetNetwork" and request.HasField("appdata"):
            wanted = pb.netextra.GetNetworkExtraOptions()
            assert request.appdata.Unpack(wanted)
            assert wanted.WithIPAMStatus
            extra = pb.netextra.Extra()
            extra.IPAMStatus.add(Subnet=b"\x0a\x00\x00\x00\x18", IPsInUse=4)
            answer.network.extra.Pack(extra)
        return answer

    monkeypatch.setattr(type(fake), "unary", unary)
    command = ("inspect", "--kind", "network", "ingress", "--engine", "29")
    (found,) = json.loads(invoke(*command).text)
    subnets = found["Status"]["IPAM"]["Subnets"]
    assert subnets == {"10.0.0.0/24": {"IPsInUse": 4, "DynamicIPsAvailable": 0}}


def test_inspect_of_a_network_goes_on_where_the_manager_cannot_tell(invoke, fake, monkeypatch):
    whole = type(fake).unary

    async def unary(self, method, request):
        if method.place == "Control/GetNetwork" and request.HasField("appdata"):
            raise control_error("Unknown", "cnmallocator: network ingress not found")
        return await whole(self, method, request)

    monkeypatch.setattr(type(fake), "unary", unary)
    (found,) = json.loads(invoke("inspect", "--kind", "network", "ingress").text)
    assert "Status" not in found


def test_inspect_of_nothing(invoke, fake):
    done = invoke("inspect", "cow")
    assert done.code == 1
    assert "nothing is called cow" in done.stderr


def test_a_name_of_two_kinds_is_ambiguous(invoke, fake, web):
    secret = pb.Secret(id="s")
    secret.spec.annotations.name = "web"
    fake.put(secret)
    done = invoke("inspect", "web")
    assert (done.code, done.stderr) == (
        1,
        "swarmwire: web is a service and a secret: say which with --kind\n",
    )


def test_a_message_that_the_engine_cannot_show(invoke, fake):
    strange = pb.Service(id="strange")
    strange.spec.task.generic.kind = "cow"
    fake.put(strange)
    done = invoke("inspect", "--kind", "service", "strange")
    assert (done.code, done.output) == (1, b"")
    assert "a generic runtime without a payload" in done.stderr
    assert invoke("ls").code == 0
