"""Two stores against each other: what is the same object, and what of it differs."""

import time

import msgspec
import pytest

from swarmwire import pb
from swarmwire.storediff import Untold, compare
from tests.storediff.conftest import named, node, service, store_of


def changes(found):
    """Each difference as one line."""
    return [
        f"{both.name} {each.operation} {each.path}: {each.here} -> {each.there}"
        for both in found.both
        for each in both.differences
    ]


# Which object is which


def test_an_object_that_is_on_one_side_is_told_with_its_id_and_version():
    here = store_of(named(pb.Secret, "old"), named(pb.Secret, "both"))
    there = store_of(named(pb.Secret, "both"), named(pb.Config, "new"))
    found = compare(here, there)
    assert [(each.kind, each.name, each.id, each.version) for each in found.only_here] == [
        ("secret", "old", "id-of-old", 1)
    ]
    assert [(each.kind, each.name) for each in found.only_there] == [("config", "new")]
    assert not found.is_equal
    assert not found.both


@pytest.mark.parametrize("name", ["db", "DB"])
def test_an_object_with_a_new_id_is_the_one_of_its_name(name):
    here = store_of(named(pb.Secret, "db", "first", data=b"same"))
    there = store_of(named(pb.Secret, name, "second", data=b"same"))
    found = compare(here, there)
    assert not found.only_here
    assert not found.only_there
    (both,) = found.both
    assert both.has_new_id
    assert (both.here_id, both.there_id) == ("first", "second")
    assert found.is_equal == (name == "db")


def test_an_id_counts_more_than_a_name():
    here = store_of(named(pb.Config, "one", "x"), named(pb.Config, "two", "y"))
    there = store_of(named(pb.Config, "two", "x"), named(pb.Config, "one", "z"))
    found = compare(here, there)
    assert changes(found) == ["one changed Name: one -> two"]
    assert [each.id for each in found.only_here] == ["y"]
    assert [each.id for each in found.only_there] == ["z"]


def test_hosts_that_are_called_alike_are_not_guessed_at():
    here = store_of(node("vm", "a"), node("vm", "b"), node("db", "c"))
    there = store_of(node("vm", "d"), node("db", "e"))
    found = compare(here, there)
    assert [(each.here_id, each.there_id) for each in found.both] == [("c", "e")]
    assert [each.id for each in found.only_here] == ["a", "b"]
    assert [each.id for each in found.only_there] == ["d"]


def test_objects_without_a_name_are_not_one_another():
    found = compare(store_of(node("", "a")), store_of(node("", "b")))
    assert not found.both


def test_everything_is_counted():
    same = named(pb.Secret, "same")
    here = store_of(same, named(pb.Secret, "a", "1"), named(pb.Secret, "gone"))
    there = store_of(
        same, named(pb.Secret, "a", "2", data=b"x"), named(pb.Secret, "b"), named(pb.Secret, "c")
    )
    (count,) = compare(here, there).counts
    assert msgspec.to_builtins(count) == {
        "kind": "secret",
        "here": 3,
        "there": 4,
        "equal": 1,
        "different": 1,
        "new_ids": 1,
        "only_here": 1,
        "only_there": 2,
        "compared": True,
    }


# What differs


def test_a_service_differs_as_a_plan_says():
    here = service("web", container={"image": "nginx:1", "env": ["A=1"]})
    there = service("web", container={"image": "nginx:2", "env": ["A=1", "B=2"]})
    assert changes(compare(store_of(here), store_of(there))) == [
        "web changed TaskTemplate.ContainerSpec.Image: nginx:1 -> nginx:2",
        "web added TaskTemplate.ContainerSpec.Env[1]: None -> B=2",
    ]


def test_what_the_manager_keeps_for_itself_does_not_differ():
    here = service("web")
    there = service("web")
    there.meta.version.index = 99
    there.meta.updated_at.seconds = 1_700_000_000
    there.endpoint.virtual_ips.add(network_id="net", addr="10.0.0.3/24")
    there.previous_spec.annotations.name = "web"
    machine, rebooted = node("vm", "n"), node("vm", "n")
    rebooted.status.addr, rebooted.status.state = "10.0.0.1", pb.NodeStatus.DOWN
    found = compare(store_of(here, machine), store_of(there, rebooted))
    assert found.is_equal
    assert not found.both


def test_the_versions_tell_which_side_is_newer():
    here, there = named(pb.Config, "c", data=b"1"), named(pb.Config, "c", data=b"2")
    here.meta.version.index, there.meta.version.index = 7, 12
    (both,) = compare(store_of(here), store_of(there)).both
    assert (both.here_version, both.there_version) == (7, 12)


def test_of_a_service_on_a_new_swarm_only_the_ids_differ():
    def swarm(side):
        return store_of(
            named(pb.Network, "front", f"{side}-net"),
            named(pb.Secret, "tls", f"{side}-secret", data=b"x"),
            named(pb.Config, "conf", f"{side}-config", data=b"y"),
            named(pb.Config, "gmsa", f"{side}-gmsa", data=b"z"),
            node("vm", f"{side}-node"),
            named(
                pb.Volume, "disk", f"{side}-vol", secrets=[{"key": "k", "secret": f"{side}-secret"}]
            ),
            service(
                "web",
                f"{side}-service",
                container={
                    "secrets": [{"secret_id": f"{side}-secret", "secret_name": "tls"}],
                    "configs": [{"config_id": f"{side}-config", "config_name": "conf"}],
                    "privileges": {"credential_spec": {"config": f"{side}-gmsa"}},
                },
                networks=[{"target": f"{side}-net"}],
                resource_references=[{"resource_id": f"{side}-secret"}],
                placement={"constraints": [f"node.id == {side}-node", "node.role==manager"]},
            ),
        )

    found = compare(swarm("old"), swarm("new"))
    assert not changes(found)
    assert found.is_equal
    assert {each.name for each in found.both if each.has_new_id} == {
        *("front", "tls", "conf", "gmsa", "vm", "disk", "web"),
    }


def test_a_reference_to_something_else_does_differ():
    def swarm(target, secret):
        nets = [named(pb.Network, "a", f"{target}-a"), named(pb.Network, "b", f"{target}-b")]
        task = {"networks": [{"target": secret}]}
        return store_of(*nets, service("web", **task))

    same = compare(swarm("old", "old-a"), swarm("new", "new-a"))
    assert not changes(same)
    other = compare(swarm("old", "old-a"), swarm("new", "new-b"))
    assert [each.path for both in other.both for each in both.differences] == [
        "TaskTemplate.Networks[0]",
        "TaskTemplate.Networks[0]",
    ]


def test_comparing_changes_neither_store():
    task = {"networks": [{"target": "new"}]}
    here = store_of(named(pb.Network, "n", "old"), service("web", networks=[{"target": "old"}]))
    there = store_of(named(pb.Network, "n", "new"), service("web", **task))
    before = [one.SerializeToString() for _, one in (*here, *there)]
    assert compare(here, there).is_equal
    assert [one.SerializeToString() for _, one in (*here, *there)] == before


# Other kinds


def test_a_network_differs_with_the_names_of_the_engine():
    here = named(pb.Network, "n", driver_config={"name": "overlay"}, ipam={})
    here.spec.ipam.configs.add(subnet="10.1.0.0/24", gateway="10.1.0.1")
    there = named(pb.Network, "n", driver_config={"name": "macvlan"}, ipam={}, attachable=True)
    there.spec.ipam.configs.add(subnet="10.1.0.0/24", gateway="10.1.0.254")
    there.spec.ipam.configs.add(subnet="10.2.0.0/24", range="10.2.0.0/25")
    there.spec.annotations.labels["tier"] = "web"
    found = compare(store_of(here), store_of(there))
    assert changes(found) == [
        "n added Labels[tier]: None -> web",
        "n changed Driver: overlay -> macvlan",
        "n changed IPAM.Config[0].Gateway: 10.1.0.1 -> 10.1.0.254",
        "n added IPAM.Config[1]: None -> {'Subnet': '10.2.0.0/24', 'IPRange': '10.2.0.0/25'}",
        "n changed Attachable: False -> True",
    ]


def test_a_node_differs_with_the_words_of_the_engine():
    here = node("vm", "n", desired_role="MANAGER", availability="ACTIVE")
    there = node("vm", "n", desired_role="WORKER", availability="DRAIN")
    assert changes(compare(store_of(here), store_of(there))) == [
        "vm changed Role: manager -> worker",
        "vm changed Availability: active -> drain",
    ]


def test_whether_a_node_was_accepted_is_no_difference():
    here = node("vm", "n", membership="ACCEPTED")
    there = node("vm", "n", membership="PENDING")
    assert compare(store_of(here), store_of(there)).is_equal


def test_a_label_with_another_value_has_changed():
    here, there = node("vm", "n"), node("vm", "n")
    here.spec.annotations.labels.update({"a": "1", "b": "1"})
    there.spec.annotations.labels.update({"b": "2", "a": "1"})
    assert changes(compare(store_of(here), store_of(there))) == ["vm changed Labels[b]: 1 -> 2"]


def test_an_absent_message_that_go_always_has_is_an_empty_one():
    here, there = named(pb.Cluster, "default"), named(pb.Cluster, "default")
    there.spec.raft.SetInParent()
    there.spec.ca_config.SetInParent()
    assert compare(store_of(here), store_of(there)).is_equal


def test_the_kind_of_a_volume_differs_though_it_is_empty():
    here = named(pb.Volume, "v", access_mode={"mount": {}})
    there = named(pb.Volume, "v", access_mode={"block": {}})
    assert changes(compare(store_of(here), store_of(there))) == [
        "v removed ClusterVolumeSpec.AccessMode.MountVolume: {} -> None",
        "v added ClusterVolumeSpec.AccessMode.BlockVolume: None -> {}",
    ]


def test_lists_that_stand_in_another_order_are_told_apart_from_others():
    flags = [["a", "b"], ["b", "a"]]
    stores = [
        store_of(named(pb.Volume, "v", access_mode={"mount": {"mount_flags": each}}))
        for each in flags
    ]
    assert changes(compare(*stores)) == [
        "v reordered ClusterVolumeSpec.AccessMode.MountVolume.MountFlags: ['a', 'b'] -> ['b', 'a']"
    ]


def test_extensions_and_resources_are_compared_whole():
    extension = pb.Extension(id="e", annotations={"name": "ext"}, description="one")
    other = pb.Extension(id="e", annotations={"name": "ext"}, description="two")
    resource = pb.Resource(id="r", annotations={"name": "res"}, kind="ext")
    changed = pb.Resource(id="r", annotations={"name": "res"}, kind="ext")
    changed.payload.value = b"four"
    found = compare(store_of(extension, resource), store_of(other, changed))
    assert changes(found) == [
        "res added Payload: None -> {'TypeURL': '', 'Value': '4 bytes'}",
        "ext changed Description: one -> two",
    ]


def test_fields_of_a_later_swarmkit_are_not_passed_over():
    later = bytes([0x98, 0x06, 0x01])
    for kind in (pb.Service, pb.Config):
        here, there = named(kind, "x"), named(kind, "x")
        there.spec.MergeFromString(later)
        (both,) = compare(store_of(here), store_of(there)).both
        assert [each.path for each in both.differences] == ["(unknown fields)"]


# Tasks


def task(id_, state="RUNNING", **fields):
    return pb.Task(
        id=id_,
        status={"state": state},
        desired_state="RUNNING",
        slot=1,
        service_annotations={"name": "web"},
        **fields,
    )


def test_tasks_are_counted_and_not_compared():
    found = compare(store_of(task("a"), task("b")), store_of(task("c")))
    assert found.is_equal
    assert [(each.here, each.there, each.compared) for each in found.counts] == [(2, 1, False)]


def test_tasks_are_compared_when_asked_for():
    here = store_of(task("a", spec={"force_update": 1}), task("b"))
    there = store_of(task("a", "FAILED", spec={"force_update": 2}), task("c"))
    found = compare(here, there, tasks=True)
    assert changes(found) == [
        "web.1 changed Status.State: running -> failed",
        "web.1 changed Spec.ForceUpdate: 1 -> 2",
    ]
    assert [each.id for each in (*found.only_here, *found.only_there)] == ["b", "c"]


# What a side does not tell


def test_what_is_not_told_is_no_difference():
    here = store_of(
        named(pb.Secret, "s", data=b"payload"),
        named(pb.Secret, "driven", driver={"name": "vault"}),
        pb.Extension(id="e", annotations={"name": "ext"}),
    )
    there = store_of(named(pb.Secret, "s"), named(pb.Secret, "driven", driver={"name": "vault"}))
    untold = Untold(kinds=frozenset({"extension"}), paths={"secret": frozenset({"Data"})})
    found = compare(here, there, untold=untold)
    assert found.is_equal
    assert [(each.name, each.untold) for each in found.both] == [("s", ("Data",))]
    assert found.untold_kinds == ("extension",)
    assert [each.kind for each in found.counts if not each.compared] == ["extension"]


def test_what_else_differs_is_told_beside_what_is_not_told():
    here = store_of(named(pb.Secret, "s", data=b"payload"))
    there = store_of(named(pb.Secret, "s", templating={"name": "golang"}))
    found = compare(here, there, untold=Untold(paths={"secret": frozenset({"Data"})}))
    assert changes(found) == ["s added Templating: None -> {'Name': 'golang'}"]


# Large stores


def test_ten_thousand_services_are_compared_in_time_that_grows_with_their_number():
    def swarm(many, side):
        services = [
            service(
                f"s{number}",
                f"{side}{number}",
                container={"image": f"i:{number}"},
                networks=[{"target": f"{side}net"}],
            )
            for number in range(many)
        ]
        return store_of(named(pb.Network, "n", f"{side}net"), *services)

    took = []
    for many in (1_000, 10_000):
        here, there = swarm(many, "a"), swarm(many, "b")
        start = time.process_time()
        found = compare(here, there)
        took.append(time.process_time() - start)
        assert found.is_equal
        assert len(found.both) == many + 1
    assert took[1] < 40 * took[0]
