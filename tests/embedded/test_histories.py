"""Whatever happens to a swarm, some things always hold."""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from swarmwire import embedded, pb
from tests.embedded.build import RUNNING, create, image, service_spec, update

NAMES = ("a", "b")
ROLLING = (pb.UpdateStatus.UPDATING, pb.UpdateStatus.ROLLBACK_STARTED)


class Histories(RuleBasedStateMachine):
    """Services come, change and go; nodes leave and come back; the process is killed."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "swarm.db"
        self.swarm = None
        self.versions = {}
        self.away = set()
        self.settled = 0

    @initialize(seed=st.integers(0, 99))
    def begin(self, seed):
        self.seed = seed
        self.swarm = embedded.Swarm(nodes=3, seed=seed, state=self.path)
        self.swarm.exit(1, after="200ms", image="*:bad")
        spec = pb.NetworkSpec(annotations=pb.Annotations(name="front"))
        answer = self.run(self.swarm.create_network(pb.CreateNetworkRequest(spec=spec)))
        self.network = answer.network.id

    def run(self, doing):
        return asyncio.run(doing)

    def service(self, name):
        found = self.swarm.store.named("service", name)
        return found[0] if found else None

    @rule(name=st.sampled_from(NAMES), replicas=st.integers(0, 4), order=st.integers(0, 1))
    def create(self, name, replicas, order):
        if self.service(name) is not None:
            return
        spec = service_spec(name, replicas)
        spec.update.order = order
        spec.update.failure_action = pb.UpdateConfig.ROLLBACK
        spec.endpoint.ports.add(target_port=80)
        spec.task.networks.add(target=self.network)
        self.run(create(self.swarm, spec))

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(["web:1", "web:2", "web:bad"]))
    def change(self, name, text):
        if self.service(name) is not None:
            self.run(update(self.swarm, image(text), name))

    @rule(name=st.sampled_from(NAMES), replicas=st.integers(0, 4))
    def scale(self, name, replicas):
        if self.service(name) is not None:
            change = lambda spec: setattr(spec.replicated, "replicas", replicas)  # noqa: E731
            self.run(update(self.swarm, change, name))

    @rule(name=st.sampled_from(NAMES))
    def remove(self, name):
        if (service := self.service(name)) is not None:
            self.run(self.swarm.remove_service(pb.RemoveServiceRequest(service_id=service.id)))

    @rule(number=st.integers(2, 3), what=st.sampled_from(["kill", "stop", "drain", "pause"]))
    def lose(self, number, what):
        name = f"node-{number}"
        if name not in self.away:
            getattr(self.swarm.node(name), what)()
            self.away.add(name)

    @rule()
    def bring_back(self):
        for name in self.away:
            node = self.swarm.node(name)
            node.activate()
            if node.stored.status.state != pb.NodeStatus.READY:
                node.start()
        self.swarm.clock.advance("20s")
        for name in self.away:
            if self.swarm.node(name).stored.status.state != pb.NodeStatus.READY:
                self.swarm.node(name).start()
        self.away.clear()

    @rule(milliseconds=st.integers(1, 5000))
    def wait(self, milliseconds):
        self.swarm.clock.advance(milliseconds / 1000)

    @rule()
    def reload(self):
        rules = self.swarm.scenario
        self.swarm.close()
        self.swarm = embedded.Swarm(seed=self.seed, state=self.path, scenario=rules)

    @precondition(lambda self: self.swarm and not self.away)
    @rule()
    def settle(self):
        # a new image: as SwarmKit's, the scheduler forgets waiting tasks of a spec sent again
        self.settled += 1
        for name in NAMES:
            if self.service(name) is not None:
                self.run(update(self.swarm, image(f"web:good-{self.settled}"), name))
        self.swarm.clock.advance("30s")
        self.run(self.swarm.settle())
        for name in NAMES:
            if (service := self.service(name)) is not None:
                tasks = self.swarm.store.tasks_of(service.id)
                states = [task.status.state for task in tasks if task.desired_state == RUNNING]
                assert states == [RUNNING] * service.spec.replicated.replicas

    @invariant()
    def versions_only_grow(self):
        if self.swarm is None:
            return
        for kind in ("service", "task", "node"):
            for one in self.swarm.store.all(kind):
                assert one.meta.version.index >= self.versions.get(one.id, 0)
                self.versions[one.id] = one.meta.version.index

    @invariant()
    def addresses_and_ports_are_given_once(self):
        if self.swarm is None:
            return
        given = []
        for service in self.swarm.store.all("service"):
            given += [port.published_port for port in service.endpoint.ports]
            given += [(vip.network_id, vip.addr) for vip in service.endpoint.virtual_ips]
        for node in self.swarm.store.all("node"):
            for each in node.attachments:
                given += [(each.network.id, address) for address in each.addresses]
        for task in self.swarm.store.all("task"):
            if task.status.state <= RUNNING:
                for each in task.networks:
                    given += [(each.network.id, address) for address in each.addresses]
        assert [each for each, count in Counter(given).items() if count > 1] == []

    @invariant()
    def one_task_runs_in_a_slot(self):
        if self.swarm is None:
            return
        for service in self.swarm.store.all("service"):
            rolls = service.HasField("update_status") and service.update_status.state in ROLLING
            order = (service.spec.update.order, service.previous_spec.update.order)
            if rolls or any(order):
                continue
            slots = Counter(
                task.slot
                for task in self.swarm.store.tasks_of(service.id)
                if task.desired_state == task.status.state == RUNNING
            )
            assert all(count == 1 for count in slots.values())

    def teardown(self):
        if self.swarm is not None:
            self.swarm.close()
        self.folder.cleanup()


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
