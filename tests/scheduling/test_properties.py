"""Properties of any cluster: what fits is placed, and nothing is promised twice."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from swarmwire.scheduling import Cluster, advice, capacity, explain, room, schedule
from tests.scheduling.build import GIB, node, publish, service, task

SMALL = st.integers(0, 4)
ZONES = st.sampled_from(["a", "b", ""])


@st.composite
def clusters(draw):
    nodes = [
        node(f"n{number}", cpus=draw(SMALL), memory=draw(SMALL) * GIB, zone=draw(ZONES))
        for number in range(draw(st.integers(1, 4)))
    ]
    for each in nodes:
        each.spec.availability = draw(st.sampled_from([0, 0, 0, 1, 2]))
    places = st.sampled_from([each.id for each in nodes])
    held = [
        _task(draw, f"old{number}", on=draw(places), service=draw(st.sampled_from(["web", "db"])))
        for number in range(draw(st.integers(0, 5)))
    ]
    return Cluster(nodes=nodes, tasks=held, services=[service("web"), service("db")])


def _task(draw, name, **fields):
    out = task(name, cpus=draw(SMALL), memory=draw(SMALL) * GIB, **fields)
    if draw(st.booleans()):
        publish(out, draw(st.sampled_from([80, 81])))
    return out


@st.composite
def groups(draw):
    """Tasks of one service, all alike."""
    first = _task(draw, "new", service="web")
    placement = first.spec.placement
    placement.max_replicas = draw(st.integers(0, 2))
    if draw(st.booleans()):
        placement.constraints.append(f"node.labels.zone{draw(st.sampled_from(['==', '!=']))}a")
    if draw(st.booleans()):
        placement.preferences.add().spread.spread_descriptor = "node.labels.zone"
    new = []
    for number in range(draw(st.integers(1, 6))):
        copy = type(first)()
        copy.CopyFrom(first)
        copy.id = f"new{number}"
        new.append(copy)
    return new


def after(cluster, new, got):
    """The cluster once the tasks that were placed run."""
    placed = []
    for each in new:
        if each.id in got.placed:
            copy = type(each)()
            copy.CopyFrom(each)
            copy.node_id = got.placed[each.id]
            copy.status.state = 512
            placed.append(copy)
    tasks = [*cluster.tasks, *placed]
    return Cluster(nodes=cluster.nodes, tasks=tasks, services=list(cluster.services.values()))


@given(clusters(), groups())
def test_explain_agrees_with_schedule(cluster, new):
    got = schedule(cluster, new)
    fitting = {each for each, refused in explain(cluster, new[0]).items() if not refused}
    assert bool(got.placed) == bool(fitting)
    assert set(got.placed.values()) <= fitting
    assert set(got.placed) | set(got.waiting) == {each.id for each in new}
    later = after(cluster, new, got)
    for each in got.waiting:
        (waiting,) = [task for task in new if task.id == each]
        assert all(explain(later, waiting).values())
        assert schedule(later, [waiting]).waiting[each] == got.waiting[each]


@given(clusters(), groups())
def test_nothing_is_over_committed(cluster, new):
    before = capacity(cluster)
    got = schedule(cluster, new)
    for each, free in capacity(after(cluster, new, got)).items():
        more = Counter(got.placed.values())[each]
        assert free.tasks == before[each].tasks + more
        reserved = new[0].spec.resources.reservations
        if more and (reserved.nano_cpus or reserved.memory_bytes):
            assert free.free.nano_cpus >= 0
            assert free.free.memory_bytes >= 0
        if more and new[0].endpoint.ports:
            assert more == 1
        assert more <= room(cluster, new[0])[each]


@given(clusters(), groups())
def test_the_order_of_nodes_and_of_equal_tasks_does_not_matter(cluster, new):
    other = Cluster(
        nodes=cluster.nodes[::-1],
        tasks=cluster.tasks[::-1],
        services=list(cluster.services.values()),
    )
    got, again = schedule(cluster, new), schedule(other, new[::-1])
    assert Counter(got.placed.values()) == Counter(again.placed.values())
    assert Counter(got.waiting.values()) == Counter(again.waiting.values())


@given(clusters(), groups())
def test_advice_is_given_to_those_who_wait(cluster, new):
    fits = not all(explain(cluster, new[0]).values())
    found = advice(cluster, new[0])
    assert not (fits and found)
    assert all(each.steps for each in found)
