"""A real swarm of three nodes: what is foretold of new services and updates comes true."""

import contextlib
import time
from collections import Counter
from itertools import permutations, product
from types import SimpleNamespace

import pytest

from swarmwire import pb
from swarmwire.control import sync
from swarmwire.placement import WantedService, forecast_placement
from swarmwire.scheduling import Cluster
from swarmwire.scheduling.addresses import NO_ATTACHMENT
from swarmwire.update.sync import read_cluster
from tests.placement.engine_cases import CASES, spec_of
from tests.support.dockerd import Dockerd

pytestmark = pytest.mark.engine

PENDING, PREPARING, RUNNING, COMPLETE = 64, 320, 512, 576
GPUS: tuple[list[str], ...] = (["gpu=2"], ["gpu=first", "gpu=second"], [])
ZONES = ("a", "b", "b")
STEP = 0.05


@pytest.fixture(scope="module")
def swarm(newest):
    """Three nodes with labels; the first is the manager."""
    with contextlib.ExitStack() as stack:
        daemons = []
        for number, gpus in enumerate(GPUS, 1):
            options = [f"--node-generic-resource={gpu}" for gpu in gpus]
            beside, address = (daemons[0] if daemons else None), f"127.0.0.{number}"
            daemon = Dockerd(newest, beside=beside, address=address, options=options)
            daemons.append(stack.enter_context(daemon))
            daemon.import_image()
            if beside is None:
                daemon.init_swarm()
            else:
                daemon.join_swarm(beside, "worker")
        manager = stack.enter_context(sync.connect(daemons[0].control_socket))
        ids = [daemon.get("/info").json["Swarm"]["NodeID"] for daemon in daemons]
        for node, zone in zip(ids, ZONES, strict=True):
            set_node(manager, node, lambda spec, zone=zone: label(spec, zone))
        wait_until(lambda: all(is_ready(manager, node) for node in ids), "three nodes")
        yield SimpleNamespace(manager=manager, ids=ids, daemons=daemons)


def label(spec, zone):
    spec.annotations.labels["zone"] = zone


def node_of(manager, node):
    return manager.get_node(pb.GetNodeRequest(node_id=node)).node


def is_ready(manager, node):
    found = node_of(manager, node)
    return found.status.state == pb.NodeStatus.READY and found.description.HasField("resources")


def set_node(manager, node, change):
    found = node_of(manager, node)
    change(found.spec)
    manager.update_node(
        pb.UpdateNodeRequest(node_id=node, node_version=found.meta.version, spec=found.spec)
    )


def wait_until(is_so, what, seconds=30):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(STEP)


def tasks_of(manager, *services):
    filters = pb.ListTasksRequest.Filters(service_ids=services)
    return list(manager.list_tasks(pb.ListTasksRequest(filters=filters)).tasks)


def settled(manager, *services, quiet, last=RUNNING):
    """The tasks, once nothing has moved for so many seconds, and none is on its way to ``last``."""
    before, since, end = None, time.monotonic(), time.monotonic() + 30
    while time.monotonic() < end:
        tasks = tasks_of(manager, *services)
        now = [(task.id, task.status.state, task.status.err, task.desired_state) for task in tasks]
        moving = [task for task in tasks if on_its_way(task, last)]
        if sorted(now) != before or moving:
            before, since = sorted(now), time.monotonic()
        elif time.monotonic() > since + quiet and tasks:
            return tasks
        time.sleep(STEP)
    raise AssertionError(before)


def on_its_way(task, last):
    """Whether a task is about to run, to wait or to stop."""
    state, desired = task.status.state, task.desired_state
    if desired > COMPLETE:
        return state <= RUNNING
    return PENDING < state < last or (state == PENDING and not task.status.err)


@pytest.fixture
def scene(swarm):
    """Creates what a case needs, and takes all of it away afterwards."""
    manager = swarm.manager
    made = SimpleNamespace(services=[], network="", drained=[])
    node = node_of(manager, swarm.ids[0])

    def spec(number, fields):
        networks = [made.network] if made.network else []
        return spec_of(**{"name": f"before{number}", "networks": networks, "node": node, **fields})

    def start(case):
        if case.network:
            config = {"Subnet": case.network}
            body = {"Name": "front", "Driver": "overlay", "IPAM": {"Config": [config]}}
            made.network = swarm.daemons[0].post("/networks/create", body).json["Id"]
        for number, availability in case.nodes.items():
            made.drained.append(swarm.ids[number - 1])
            set_node(
                manager, swarm.ids[number - 1], lambda to, a=availability: availability_of(to, a)
            )
        for number, fields in enumerate(case.before):
            made.services.append(create(manager, spec(number, fields)))
        if made.services:
            settled(manager, *(each.id for each in made.services), quiet=0.5)
        wanted = spec(len(case.before) - 1 if case.update else "-new", case.wanted)
        current = made.services[-1] if case.update else None
        return wanted, current and stored(manager, current.id)

    yield SimpleNamespace(start=start, made=made)
    for service in made.services:
        manager.remove_service(pb.RemoveServiceRequest(service_id=service.id))
    wait_until(lambda: not manager.list_tasks(pb.ListTasksRequest()).tasks, "the end of all tasks")
    for each in made.drained:
        set_node(manager, each, lambda to: availability_of(to, pb.NodeSpec.ACTIVE))
    if made.network:
        swarm.daemons[0].delete(f"/networks/{made.network}")


def availability_of(spec, availability):
    spec.availability = availability


def create(manager, spec):
    return manager.create_service(pb.CreateServiceRequest(spec=spec)).service


def stored(manager, service):
    return manager.get_service(pb.GetServiceRequest(service_id=service)).service


def possible(cluster, networks, wanted):
    """Every outcome that is foretold: which of equal nodes is taken, and which slot comes first,
    is left to chance.
    """
    ids = sorted(node.id for node in cluster.nodes)
    service = wanted.current.id if wanted.current else ""
    slots = [task.slot for task in cluster.tasks if task.service_id == service]
    for nodes, places in product(permutations(range(len(ids))), permutations(slots)):
        names = {node: f"{rank}{node[1:]}" for node, rank in zip(ids, nodes, strict=True)}
        back = {name: node for node, name in names.items()}
        tasks = with_slots(cluster.tasks, service, places)
        changed = Cluster(
            nodes=[renamed(node, names) for node in cluster.nodes],
            tasks=[renamed(task, names) for task in tasks],
            services=list((cluster.services or {}).values()),
        )
        (found,) = forecast_placement(changed, networks, [wanted]).services
        placed = {back[node]: number for node, number in found.placed.items()}
        yield {**placed, **found.waiting, "NEW": found.stay_new, "held up": found.held_up}


def renamed(message, names):
    """The same with other IDs of nodes, which are as long."""
    data = message.SerializeToString()
    for node, name in names.items():
        data = data.replace(node.encode(), name.encode())
    return type(message).FromString(data)


def with_slots(tasks, service, places):
    """The same with the slots of one service in another order."""
    numbers = iter(places)
    for task in tasks:
        changed = pb.Task()
        changed.CopyFrom(task)
        if task.service_id == service:
            changed.slot = next(numbers)
        yield changed


def came_of_it(before, after):
    """What became of new tasks, where they are or what is said of them; and slots without one."""
    known = {task.id for task in before}
    live = [task for task in after if task.desired_state <= COMPLETE]
    fresh = [task for task in live if task.id not in known]
    begun = {place_of(task) for task in fresh}
    counts = Counter(
        task.node_id if task.status.state > PENDING else task.status.err or "NEW" for task in fresh
    )
    return counts, [task for task in live if task.id in known and place_of(task) not in begun]


def place_of(task):
    return task.slot or task.node_id


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_foretold_comes_true(swarm, scene, case):
    manager = swarm.manager
    spec, current = scene.start(case)
    networks = manager.list_networks(pb.ListNetworksRequest()).networks
    cluster = read_cluster(manager)
    outcomes = list(possible(cluster, networks, WantedService(spec, current)))
    if current is None:
        service = create(manager, spec)
        scene.made.services.append(service)
        before = []
    else:
        before = tasks_of(manager, current.id)
        request = pb.UpdateServiceRequest(
            service_id=current.id, service_version=current.meta.version, spec=spec
        )
        service = manager.update_service(request).service
    last = PREPARING if case.stuck else RUNNING
    after = settled(manager, service.id, quiet=0.5 if current is None else 1.5, last=last)
    counts, unreached = came_of_it(before, after)
    held_up = sum(task.spec != spec.task for task in unreached)
    found = {**counts, "NEW": counts["NEW"], "held up": held_up}
    assert found in outcomes


def test_a_node_without_an_address_rejects_tasks(swarm, scene):
    manager = swarm.manager
    (case,) = [case for case in CASES if case.name == "no virtual address"]
    spec, _ = scene.start(case)
    networks = manager.list_networks(pb.ListNetworksRequest()).networks
    found = forecast_placement(read_cluster(manager), networks, [WantedService(spec)])
    (demand,) = found.addresses
    assert (demand.stay_new, demand.nodes, demand.nodes_without) == (1, 1, 1)
    scene.made.services.append(create(manager, spec))
    wait_until(
        lambda: NO_ATTACHMENT in {task.status.err for task in tasks_of(manager)},
        "a task that the node rejects",
        90,
    )
