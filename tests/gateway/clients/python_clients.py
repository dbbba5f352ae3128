"""The whole sequences of docker-py, aiodocker and python-on-whales."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiodocker
import docker
import python_on_whales

from tests.gateway.clients.docker_command import COMMANDS
from tests.gateway.clients.targets import Target
from tests.gateway.clients.transcript import Transcript
from tests.support.dockerd import IMAGE

QUICK = {"Monitor": 1_000_000}
CONTAINER = {"Image": IMAGE, "Command": ["sleep", "1000"], "StopSignal": "KILL"}


def docker_py(target: Target, _: Path) -> Transcript:
    """Services, documents, networks, nodes and the swarm, by their objects."""
    client = docker.DockerClient(base_url=target.host, version="auto")
    transcript = Transcript(target.hostname)
    note = transcript.note
    try:
        note("api version", lambda: client.api.api_version)
        note("ping", client.ping)
        secret = client.secrets.create(name="s1", data=b"abc", labels={"a": "b"})
        config = client.configs.create(name="c1", data=b"abc")
        note("secret", lambda: client.secrets.get(secret.id).attrs)
        note("config", lambda: client.configs.get(config.id).attrs)
        note("secret again", lambda: client.secrets.create(name="s1", data=b"abc"))
        note("secrets", lambda: [one.name for one in client.secrets.list(filters={"name": "s1"})])
        network = client.networks.create("n1", driver="overlay", labels={"a": "b"})
        target.wait_until_still()
        note("network", lambda: client.networks.get(network.id).attrs)
        note("networks", lambda: [one.attrs for one in client.networks.list(names=["n1"])])
        note("greedy", lambda: len(client.networks.list(names=["n1"], greedy=True)))
        service = client.services.create(
            IMAGE,
            ["sleep", "1000"],
            name="py",
            labels={"a": "b"},
            mode=docker.types.ServiceMode("replicated", 2),
            update_config=docker.types.UpdateConfig(monitor=1_000_000, parallelism=2),
            stop_signal="KILL",
            resources=docker.types.Resources(mem_limit=64 << 20),
            secrets=[docker.types.SecretReference(secret.id, "s1")],
            configs=[docker.types.ConfigReference(config.id, "c1")],
        )
        target.wait_until_still()
        _services_of_docker_py(client, service, target, transcript)
        note("secret in use", secret.remove)
        note("service is removed", service.remove)
        note("gone", service.reload)
        note("no such service", lambda: client.services.get("nope"))
        note("documents are removed", lambda: (secret.remove(), config.remove()))
        note("network is removed", network.remove)
        note("node", lambda: client.nodes.list()[0].attrs["Status"]["State"])
        note("no such node", lambda: client.nodes.get("nope"))
        (node,) = client.nodes.list(filters={"role": "manager"})
        note("node is updated", lambda: node.update({**node.attrs["Spec"], "Labels": {"a": "b"}}))
        node.reload()
        note("node's labels", lambda: node.attrs["Spec"]["Labels"])
        note("node is updated again", lambda: node.update({**node.attrs["Spec"], "Labels": {}}))
        note("swarm", lambda: sorted(client.swarm.attrs))
        note("swarm anew", client.swarm.reload)
        note("swarm is updated", lambda: client.swarm.update(task_history_retention_limit=5))
        note("unlock key", client.swarm.get_unlock_key)
        note("join", lambda: client.swarm.join(["127.0.0.1:1"], "token"))
        note("info", lambda: client.info()["Swarm"]["LocalNodeState"])
    finally:
        client.close()
    return transcript


def _services_of_docker_py(client: Any, service: Any, target: Target, to: Transcript) -> None:
    to.note("service", lambda: client.services.get("py").attrs)
    to.note("no defaults", lambda: client.services.get("py", insert_defaults=True).attrs)
    to.note("services", lambda: [one.name for one in client.services.list(filters={"name": "py"})])
    to.note("status", lambda: client.services.list(status=True)[0].attrs["ServiceStatus"])
    to.note("tasks", lambda: _states(service.tasks(filters={"desired-state": "running"})))
    to.note("logs", lambda: type(service.logs(stdout=True)).__name__)
    service.reload()
    to.note("update", lambda: service.update(env=["A=1"]))
    to.note("scale on what is outdated", lambda: service.scale(1))
    target.wait_until_still()
    service.reload()
    to.note("scale", lambda: service.scale(1))
    target.wait_until_still()
    service.reload()
    to.note("after it", lambda: service.attrs["Spec"])
    to.note("force", service.force_update)
    target.wait_until_still()
    to.note("create again", lambda: client.services.create(IMAGE, name="py"))
    to.note("bad image", lambda: client.services.create("", name="other"))
    to.note("task", lambda: sorted(client.api.inspect_task(service.tasks()[0]["ID"])))


def _states(tasks: list[Any]) -> list[str]:
    return sorted(f"{one['Slot']} {one['Status']['State']}" for one in tasks)


def client_of_aiodocker(target: Target, _: Path) -> Transcript:
    """Everything of a swarm that aiodocker has."""
    transcript = Transcript(target.hostname)
    asyncio.run(_aiodocker(target, transcript))
    return transcript


async def _aiodocker(target: Target, transcript: Transcript) -> None:
    async def note(step: str, awaited: Any) -> Any:
        try:
            told = await awaited
        except aiodocker.DockerError as err:
            told = {"status": err.status, "message": err.message}
        transcript.add(step, told)
        return told

    async with aiodocker.Docker(url=target.host) as client:
        subscriber = client.events.subscribe(create_task=True)
        secret = await note("secret", client.secrets.create(name="s1", data="abc"))
        await note("secret again", client.secrets.create(name="s1", data="abc"))
        config = await note("config", client.configs.create(name="c1", data="abc"))
        await note("configs", client.configs.list(filters={"name": "c1"}))
        await note("config is inspected", client.configs.inspect(config["ID"]))
        found = await client.secrets.inspect(secret["ID"])
        index = found["Version"]["Index"]
        await note(
            "secret is updated",
            client.secrets.update(secret["ID"], index, name="s1", labels={"a": "b"}),
        )
        await note("secrets", client.secrets.list(filters={"label": "a=b"}))
        await note(
            "secret of an old version",
            client.secrets.update(secret["ID"], index, name="s1", labels={}),
        )
        network = await client.networks.create({"Name": "n1", "Driver": "overlay"})
        await asyncio.to_thread(target.wait_until_still)
        await note("network", network.show())
        await note("networks", client.networks.list(filters={"name": ["n1"]}))
        service = await note(
            "service",
            client.services.create(
                task_template={"ContainerSpec": CONTAINER},
                name="aio",
                update_config=QUICK,
                rollback_config=QUICK,
                mode={"Replicated": {"Replicas": 2}},
                labels={"a": "b"},
            ),
        )
        await asyncio.to_thread(target.wait_until_still)
        await note("service is inspected", client.services.inspect(service["ID"]))
        await note("services", client.services.list(filters={"name": "aio"}))
        tasks = await client.tasks.list(filters={"service": "aio", "desired-state": "running"})
        transcript.add("tasks", _states(tasks))
        one = await client.tasks.inspect(tasks[0]["ID"])
        transcript.add("task", sorted(one))
        logs: Any = client.services.logs(service["ID"], stdout=True)
        logs = await logs
        transcript.add("logs", type(logs).__name__)
        version = (await client.services.inspect("aio"))["Version"]["Index"]
        await note("update", client.services.update(service["ID"], version, image=f"{IMAGE}"))
        await asyncio.to_thread(target.wait_until_still)
        await note(
            "update of an old version",
            client.services.update(service["ID"], version, image="other:1"),
        )
        version = (await client.services.inspect("aio"))["Version"]["Index"]
        await note("rollback", client.services.update(service["ID"], version, rollback=True))
        await asyncio.to_thread(target.wait_until_still)
        await note("network is removed", network.delete())
        for kind, what in (
            ("service", client.services.delete(service["ID"])),
            ("secret", client.secrets.delete(secret["ID"])),
            ("config", client.configs.delete(config["ID"])),
            ("no service", client.services.delete("nope")),
            ("no secret", client.secrets.inspect("nope")),
        ):
            await note(f"{kind} is removed", what)
        (node,) = await client.nodes.list()
        await note("node", client.nodes.inspect(node_id=node["ID"]))
        transcript.add("swarm", sorted(await client.swarm.inspect()))
        told: list[Any] = []
        while len(told) < 2:
            event = await asyncio.wait_for(subscriber.get(), 30)
            if event["Type"] == "config":
                told.append((event["Action"], event["Actor"]["Attributes"]))
        transcript.add("events", told)


_STACK = {
    "version": "3.8",
    "services": {
        "a": {
            "image": IMAGE,
            "command": ["sleep", "1000"],
            "stop_signal": "KILL",
            "networks": ["host"],
            "secrets": ["s1"],
            "deploy": {"replicas": 2, "update_config": {"monitor": "1ms"}},
        }
    },
    "networks": {"host": {"external": True}},
    "secrets": {"s1": {"external": True}},
}


def _spec(shown: Any) -> Any:
    return shown.spec.model_dump()


def whales(target: Target, folder: Path) -> Transcript:
    """python-on-whales, which drives a docker command."""
    command = [str(COMMANDS["docker 28.5"])]
    client = python_on_whales.DockerClient(host=target.host, client_call=command)
    transcript = Transcript(target.hostname)
    note = transcript.note
    (folder / "data").write_text("abc")
    note("secret", lambda: client.secret.create("s1", folder / "data").spec.name)
    note("config", lambda: _spec(client.config.create("c1", folder / "data")))
    nowhere = ["node.role==worker"]
    made = client.service.create(IMAGE, ["true"], constraints=nowhere, detach=True)
    note("service without a name", made.spec.task_template.model_dump)
    note("it is removed", lambda: client.service.remove(made))
    (folder / "stack.yml").write_text(json.dumps(_STACK))
    note("stack", lambda: client.stack.deploy("st", folder / "stack.yml", resolve_image="never"))
    target.wait_until_still()
    note("stacks", client.stack.list)
    note("services of it", lambda: [_spec(one) for one in client.stack.services("st")])
    note("tasks of it", lambda: [one.status.state for one in client.stack.ps("st")])
    note("services", lambda: [_spec(one) for one in client.service.list()])
    note("service", lambda: _spec(client.service.inspect("st_a")))
    note("tasks", lambda: [one.desired_state for one in client.service.ps("st_a")])
    note("scale", lambda: client.service.scale({"st_a": 0}, detach=True))
    target.wait_until_still()
    note("update", lambda: client.service.update("st_a", image=IMAGE, replicas=1, detach=True))
    target.wait_until_still()
    note("after it", client.service.inspect("st_a").previous_spec.model_dump)
    note("logs", lambda: client.service.logs("st_a"))
    note("exists", lambda: (client.service.exists("st_a"), client.service.exists("nope")))
    note("nodes", lambda: [one.status.model_dump() for one in client.node.list()])
    note(
        "node is updated", lambda: client.node.update(client.node.list()[0], labels_add={"k": "v"})
    )
    note("and again", lambda: client.node.update(client.node.list()[0], rm_labels=["k"]))
    note("join token", lambda: client.swarm.join_token("worker"))
    note("stack is removed", lambda: client.stack.remove("st"))
    note("documents", lambda: (client.secret.remove("s1"), client.config.remove("c1")))
    note("no service", lambda: client.service.exists("nope"))
    return transcript
