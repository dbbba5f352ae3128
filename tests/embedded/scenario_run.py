"""A recorded scenario, played in an embedded swarm: its nodes, its agent's rules, its steps."""

import json
import random
import re

from swarmwire import convert, embedded, engine, pb
from swarmwire.control import ControlError
from swarmwire.control.memory import REMOVE
from tests.embedded.recorded import MOVING, Difference, Sequences, json_text

MILLISECOND = 1_000_000
REFERENCE = re.compile(r"\$\{(secret|config|network):([^}]+)\}")
MISSING_NETWORK = re.compile(r"[a-z0-9]{25}")
PATIENCE = 60
"""Seconds of the swarm's time that a condition is waited for, beside twice the recorded run."""
USUAL = 6
"""So many seeds are of a usual machine."""


def setups(scenario):
    return [
        embedded.NodeSetup(
            name=node["node"],
            manager=node["role"] == "manager",
            cpus=node["cpus"],
            memory=node["memory_bytes"],
            labels=node["labels"],
            availability=node["availability"],
        )
        for node in scenario["nodes"]
    ]


def rule_of(rule):
    match = {key: value for key, value in rule["match"].items() if value is not None}
    # a rule that says nothing of a test is about containers without one
    match.setdefault("healthcheck", False)
    then, stops = rule["then"], rule.get("on_stop")
    given = {"stop": stops["exit"]} if isinstance(stops, dict) else {"stop": None}
    if isinstance(then, dict):
        if "exit" in then:
            given |= {"exit": then["exit"], "after": then["after_ms"] * MILLISECOND}
        if "reject" in then:
            given["reject"] = then["reject"]
        if "fail_start" in then:
            given["fail_start"] = "the command cannot be started"
        for word in ("healthy", "unhealthy"):
            if f"{word}_after_ms" in then:
                given[word] = then[f"{word}_after_ms"] * MILLISECOND
        if "unhealthy" in then:
            checks, interval = map(int, re.findall(r"\d+", then["unhealthy"]))
            given["unhealthy"] = checks * interval * MILLISECOND
    return embedded.ScenarioRule(
        match=embedded.Selection(**match), then=embedded.Behaviour(**given)
    )


def timing_of(rng):
    """How long the parts of a swarm take on one machine: all of it within what was recorded."""

    def between(low, high):
        return int(rng.uniform(low, high) * MILLISECOND)

    return embedded.Timing(
        assign=between(60, 140),
        prepare=between(30, 300),
        look_up=between(10, 120),
        start=between(100, 700),
        exited=between(10, 150),
        stop=between(900, 1700),
        leave_networks=between(1900, 2700),
        heartbeat=between(13500, 16000),
        register=between(500, 3000),
        lead=between(300, 1500),
        demote=between(300, 700),
        unsteady=rng.uniform(0.1, 0.7),
    )


class ScenarioRun:
    """One run of a scenario with one seed.

    The first seeds are of a machine on which all takes as long as usual. Each other seed is of
    another machine: of a faster or a slower one, and of clients who take their time.
    """

    def __init__(self, scenario, seed):
        self.scenario = scenario
        rng = random.Random(seed)
        usual = seed < USUAL
        self._pause = 0.003 if usual else rng.choice([0.003, 0.03, 0.15])
        self.swarm = embedded.Swarm(
            nodes=setups(scenario),
            seed=seed,
            timing=embedded.Timing() if usual else timing_of(rng),
            scenario=embedded.Scenario(rules=[rule_of(rule) for rule in scenario["agent"]]),
        )
        # an engine lives on when its node was removed
        self._nodes = {node.name: node.id for node in self.swarm.nodes}
        self.settles_within = "10m"
        self.seen = Sequences()
        self.refused = []
        self._specs = {}
        self._keys = {}
        self._counts = {}
        self._created = {}
        self._bodies = {}

    async def play(self):
        """Do all steps; what was seen, and answers other than the recorded ones."""
        await self.swarm.settle()
        self.swarm.store.listeners.append(self._note)
        steps = self.scenario["steps"]
        for index, step in enumerate(steps):
            await self._do(index, step)
        return self.seen, self.refused

    # what is done

    async def _do(self, index, step):
        if "wait_ms" in step:
            self.swarm.clock.advance(step["wait_ms"] / 1000)
        elif step.get("timed_out"):
            self.swarm.clock.advance(self._recorded_wait(index))
        elif step.get("wait") == "settled":
            try:
                await self.swarm.settle(within=self.settles_within)
            except embedded.NotSettled as err:
                self.refused.append(Difference(f"step {index}", "settled", str(err)))
        elif "wait" in step:
            self._wait(index, step["wait"])
            self.swarm.clock.advance(self._pause)
        elif step["do"].startswith("engine "):
            self.swarm.engine(self._nodes[step["node"]], step["do"].split()[1])
            self.swarm.clock.advance(0.02)
        else:
            await self._call(index, step)
            self.swarm.clock.advance(self._pause)

    def _recorded_wait(self, index):
        """How long a wait took that had no end, in seconds."""
        begun = {
            event["index"]: event["ms"]
            for event in self.scenario["trace"]
            if event["kind"] == "step"
        }
        end = begun.get(index + 1, self.scenario["trace"][-1]["ms"])
        return (end - begun[index]) / 1000

    def _wait(self, index, condition):
        recorded = 2 * max(event["ms"] for event in self.scenario["trace"])
        end = self.swarm.clock.now() + (PATIENCE * 1000 + recorded) * MILLISECOND
        while not self._holds(condition):
            if self.swarm.clock.now() > end:
                self.refused.append(Difference(f"step {index}", condition, "never"))
                return
            self.swarm.clock.advance(0.005)

    def _holds(self, condition):
        store = self.swarm.store
        if "node" in condition:
            node = self.swarm.node(condition["node"]).stored
            return pb.NodeStatus.State.Name(node.status.state).lower() == condition["state"]
        service = next(
            each
            for each in store.all("service")
            if each.spec.annotations.name == condition["service"]
        )
        if "update_state" in condition:
            state = pb.UpdateStatus.UpdateState.Name(service.update_status.state).lower()
            return service.HasField("update_status") and state == condition["update_state"]
        if "tasks_created" in condition:
            return self._created.get(condition["service"], 0) >= condition["tasks_created"]
        found = [
            task
            for task in store.tasks_of(service.id)
            if _has_reached(task, condition["state"])
            and condition.get("spec") in (None, self._spec_name(service.id, task.spec_version))
        ]
        return len(found) >= condition["count"]

    async def _call(self, index, step):
        wanted = step["answer"]
        try:
            await self._request(step)
            got = None
        except ControlError as err:
            got = f"rpc error: code = {err.status} desc = {self._named(err.message)}"
        except LookupError as err:
            got = str(err.args[0])
        if got != wanted.get("message"):
            self.refused.append(Difference(f"step {index}", wanted.get("message"), got))

    async def _request(self, step):
        verb, _, path = step["do"].partition(" ")
        _, kind, *rest = path.split("/")
        name = rest[0] if rest else ""
        body = self._filled(step.get("body", {}))
        if verb == "DELETE":
            await self._remove(kind[:-1], name, force="query" in step)
        elif rest == ["create"]:
            await self._create(kind[:-1], body)
        elif kind == "services":
            await self._update_service(name, body, step["query"])
        elif kind == "nodes":
            await self._update_node(name, body, step["query"])
        else:
            await self._update_cluster(body)

    def _filled(self, value):
        """A body with the ids of what it refers to."""
        if isinstance(value, dict):
            return {key: self._filled(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if isinstance(value, str):
            return REFERENCE.sub(lambda match: self._find(*match.groups()).id, value)
        return value

    def _find(self, kind, name):
        for one in self.swarm.store.all(kind):
            known = one.description.hostname if kind == "node" else one.spec.annotations.name
            if name in (known, one.id):
                return one
        raise LookupError(f"{kind} {name} not found")

    def _named(self, text):
        """A text with names for ids."""
        for kind in ("service", "network", "node"):
            for one in self.swarm.store.all(kind):
                known = one.description.hostname if kind == "node" else one.spec.annotations.name
                text = text.replace(one.id, known)
        return text

    async def _create(self, kind, body):
        swarm = self.swarm
        if kind == "service":
            await swarm.create_service(pb.CreateServiceRequest(spec=self._spec(body)))
        elif kind == "network":
            spec = convert.network_create_to_grpc(_read(engine.NetworkCreateRequest, body))
            await swarm.create_network(pb.CreateNetworkRequest(spec=spec))
        else:
            spec = getattr(convert, f"{kind}_spec_to_grpc")(
                _read(getattr(engine, f"{kind.capitalize()}Spec"), body)
            )
            request = getattr(pb, f"Create{kind.capitalize()}Request")(spec=spec)
            await getattr(swarm, f"create_{kind}")(request)

    def _spec(self, body):
        """A service's spec, with its networks found, as an engine does it."""
        for network in body["TaskTemplate"].get("Networks", []):
            self._find("network", network["Target"])
        return convert.service_spec_to_grpc(_read(engine.ServiceSpec, body))

    async def _update_service(self, name, body, query):
        service = self._find("service", name)
        version = service.meta.version.index
        if query["version"] != "current":
            version = query["version"]
        request = pb.UpdateServiceRequest(service_id=service.id, spec=self._spec(body))
        request.service_version.index = version
        if query.get("rollback"):
            request.rollback = pb.UpdateServiceRequest.PREVIOUS
        await self.swarm.update_service(request)

    async def _update_node(self, name, body, query):
        node = self._find("node", name)
        spec = convert.node_spec_to_grpc(_read(engine.NodeSpec, body))
        request = pb.UpdateNodeRequest(node_id=node.id, node_version=node.meta.version, spec=spec)
        request.spec.membership = node.spec.membership
        await self.swarm.update_node(request)

    async def _update_cluster(self, body):
        (cluster,) = self.swarm.store.all("cluster")
        request = pb.UpdateClusterRequest(
            cluster_id=cluster.id, cluster_version=cluster.meta.version, spec=cluster.spec
        )
        kept = body["Orchestration"]["TaskHistoryRetentionLimit"]
        request.spec.orchestration.task_history_retention_limit = kept
        await self.swarm.update_cluster(request)

    async def _remove(self, kind, name, *, force):
        one = self._find(kind, name)
        request = getattr(pb, f"Remove{kind.capitalize()}Request")(**{f"{kind}_id": one.id})
        if force:
            request.force = True
        await getattr(self.swarm, f"remove_{kind}")(request)

    # what is seen

    def _note(self, done):
        for change in done.changes:
            if change.kind == "service" and change.action != REMOVE:
                self._note_service(change.new)
            elif change.kind == "task":
                self._note_task(change.new, gone=change.action == REMOVE)

    def _spec_name(self, service_id, version):
        """The name of a spec's version, ``s1`` and so on."""
        names = self._specs.setdefault(service_id, {})
        return names.setdefault(version.index, f"s{len(names) + 1}")

    def _note_service(self, service):
        status = None
        if service.HasField("update_status"):
            word = pb.UpdateStatus.UpdateState.Name(service.update_status.state).lower()
            text = service.update_status.message
            for id_, key in self._keys.items():
                text = text.replace(id_, key)
            status = (word, text)
        endpoint = None
        if service.HasField("endpoint"):
            endpoint = json_text(self._endpoint(service.endpoint))
        spec = self._spec_name(service.id, service.spec_version)
        self.seen.service(service.spec.annotations.name, spec, status, endpoint)

    def _endpoint(self, endpoint):
        networks = {each.id: each.spec.annotations.name for each in self.swarm.store.all("network")}
        ports = [
            {
                "target": port.target_port,
                "published": port.published_port,
                "mode": pb.PortConfig.PublishMode.Name(port.publish_mode).lower(),
            }
            for port in endpoint.ports
        ]
        vips = [[networks[vip.network_id], bool(vip.addr)] for vip in endpoint.virtual_ips]
        return {"ports": ports, "vips": vips}

    def _note_task(self, task, *, gone):
        key = self._keys.get(task.id)
        if key is None:
            place = self._place(task)
            number = self._counts[place] = self._counts.get(place, 0) + 1
            key = self._keys[task.id] = f"{place}#{number}"
            service = task.service_annotations.name
            self._created[service] = self._created.get(service, 0) + 1
        if gone:
            self.seen.task(key, None, "gone")
        else:
            names = (task.desired_state, task.status.state)
            self.seen.task(key, *(pb.TaskState.Name(name).lower() for name in names))

    def _place(self, task):
        service = self.swarm.store.get("service", task.service_id)
        name = task.service_annotations.name
        if service is not None and service.spec.WhichOneof("mode") in ("global", "global_job"):
            return f"{name}.{self.swarm.store.get('node', task.node_id).description.hostname}"
        return f"{name}.{task.slot}"


def _has_reached(task, state):
    """Whether a task is in a state, or beyond one that a node need not report."""
    wanted = pb.TaskState.Value(state.upper())
    if state in MOVING:
        return wanted <= task.status.state <= pb.TaskState.Value("RUNNING")
    return task.status.state == wanted


def _read(kind, body):
    """A body as an engine reads it."""
    return engine.decode(json.dumps(body).encode(), kind)
