"""A stack deployed, exported and deployed again on a real engine, and what became of its tasks.

No task needs to run: nodes are drained, so that all wait, and a manager replaces those that wait as
it replaces those that run.
"""

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from swarmwire import pb
from swarmwire.control.sync import BlockingControl
from swarmwire.plan import differences
from tests.stack.deploying import Case
from tests.support.dockerd import IMAGE, Dockerd, EngineFailed

_WANTED = pb.TaskState.Value("COMPLETE")
"""The last state that a task may be meant to reach: a job ends."""
_CANARY = "canary"


class Stored(NamedTuple):
    """The services of a stack by name, and the tasks of each that are to run."""

    services: dict[str, pb.Service]
    tasks: dict[str, set[str]]


class Outcome(NamedTuple):
    """What the proof of an export says, and what a deploy of the exported file did."""

    proof: dict[str, Any]
    before: Stored
    after: Stored
    refused: str

    def surprises(self) -> list[str]:
        """What did not come as the proof says; empty if all did."""
        return [text for one in self.proof["services"] for text in self._surprises(one)]

    def _surprises(self, said: dict[str, Any]) -> list[str]:
        name, verdict = said["service"], said["verdict"]
        if verdict not in {"kept", "restarts", "left out"}:
            return [f"{name}: {verdict}, {said['summary']}"]
        found = []
        gone = self.before.tasks[name] - self.after.tasks.get(name, set())
        if len(gone) != (said["restarts"] or 0):
            found.append(f"{name}: {len(gone)} tasks were replaced, not {said['restarts']}")
        old, new = self.before.services[name].spec, self.after.services[name].spec
        changed = {each.path for each in differences(old, new)}
        unsaid = {each["path"] for each in said.get("unsaid", ())}
        if verdict != "left out" and changed != unsaid:
            found.append(f"{name}: {sorted(changed)} changed, not {sorted(unsaid)}")
        return found


class Redeploying:
    """One engine, and its docker command."""

    def __init__(self, daemon: Dockerd, manager: BlockingControl) -> None:
        self.daemon = daemon
        self.manager = manager
        self._drain()
        spec = pb.ServiceSpec()
        spec.annotations.name = _CANARY
        spec.task.container.image = IMAGE
        spec.replicated.replicas = 1
        request = pb.CreateServiceRequest(spec=spec)
        self._canary_id = manager.create_service(request).service.id

    def outcome(
        self,
        stack: str,
        deploy: Callable[[], None],
        invoke: Callable[..., Any],
        folder: Path,
        *options: object,
        change: Callable[[], None] | None = None,
    ) -> Outcome:
        """Deploy a stack, change it if asked to, export and deploy it again, and remove it."""
        try:
            deploy()
            self._fence()
            if change is not None:
                change()
                self._fence()
            before = self.stored(stack)
            file = folder / "exported.yml"
            socket = ("--socket", self.daemon.control_socket)
            words = ("export", "--stack", stack, "-o", file, "--format", "json", *options, *socket)
            done = invoke(*words)
            assert done.text, done.stderr
            proof = json.loads(done.text)["stacks"][0]["proof"]
            refused = ""
            try:
                self.deploy(stack, [file])
            except EngineFailed as err:
                refused = str(err)
            self._fence()
            return Outcome(proof, before, self.stored(stack), refused)
        finally:
            self.remove(stack)

    def deploy_case(self, case: Case, folder: Path) -> None:
        """Deploy files of ours."""
        self.deploy(case.stack, case.write(folder), case.environment)

    def deploy(
        self, stack: str, files: Sequence[Path], environment: Mapping[str, str] | None = None
    ) -> None:
        """Deploy files with the engine's own docker command."""
        given = [word for file in files for word in ("--compose-file", str(file))]
        self.docker("stack", "deploy", "--resolve-image=never", *given, stack, **environment or {})

    def docker(self, *words: str, **environment: str) -> None:
        """Run the engine's own docker command, which sees files in /tmp.

        Raises:
            EngineFailed: with its last line.
        """
        around = {"DOCKER_HOST": f"unix://{self.daemon.socket}", "DOCKER_CONFIG": "/tmp/none"}
        done = subprocess.run(
            [*self.daemon.installation.command, *words],
            env=environment | around,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode:
            raise EngineFailed(done.stderr.strip().splitlines()[-1])

    def update(self, service: pb.Service) -> None:
        """Write a service whose spec was changed."""
        self.manager.update_service(
            pb.UpdateServiceRequest(
                service_id=service.id, service_version=service.meta.version, spec=service.spec
            )
        )

    def stored(self, stack: str) -> Stored:
        """What the manager has of a stack."""
        services = {
            one.spec.annotations.name: one
            for one in self.manager.list_services(pb.ListServicesRequest()).services
            if one.spec.annotations.labels["com.docker.stack.namespace"] == stack
        }
        tasks = self.manager.list_tasks(pb.ListTasksRequest()).tasks
        live = [task for task in tasks if task.desired_state <= _WANTED]
        return Stored(
            services,
            {
                name: {task.id for task in live if task.service_id == one.id}
                for name, one in services.items()
            },
        )

    def remove(self, stack: str) -> None:
        """Remove a stack, with what is left of its networks."""
        self.daemon.remove_stack(stack)

        def is_gone() -> bool:
            listed = self.manager.list_networks(pb.ListNetworksRequest()).networks
            return not any(one.spec.annotations.name.startswith(f"{stack}_") for one in listed)

        self.daemon.wait_for(f"a swarm without {stack}", is_gone)

    def _drain(self) -> None:
        (node,) = self.daemon.get("/nodes").json
        self.daemon.post(
            f"/nodes/{node['ID']}/update?version={node['Version']['Index']}",
            {**node["Spec"], "Availability": "drain"},
        )

    def _fence(self) -> None:
        """Wait until the manager has come to what was written before: events keep their order."""
        before = self._canary()
        request = pb.GetServiceRequest(service_id=self._canary_id)
        service = self.manager.get_service(request).service
        service.spec.task.force_update += 1
        self.update(service)
        self.daemon.wait_for("the canary's new task", lambda: not (before & self._canary()))
        time.sleep(0.2)

    def _canary(self) -> set[str]:
        tasks = self.manager.list_tasks(pb.ListTasksRequest()).tasks
        return {
            task.id
            for task in tasks
            if task.service_id == self._canary_id and task.desired_state <= _WANTED
        }
