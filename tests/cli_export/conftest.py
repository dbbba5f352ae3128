"""Managers' folders with stacks, and the command as users run it."""

import pytest

from tests.cli.conftest import invoke, run
from tests.support.raft_folder import (
    RaftFolder,
    cluster,
    config,
    create,
    network,
    secret,
    service,
    task,
)

__all__ = ["invoke", "run"]

NAMESPACE = "com.docker.stack.namespace"
PAYLOAD = b"hunter2-is-the-payload"


def owned(message, stack):
    """The object, as one of the stack."""
    message.spec.annotations.labels[NAMESPACE] = stack
    return message


def stack_service(stack, own):
    """A service as a deploy stores it, with one secret and one config."""
    found = owned(service(f"{stack}_{own}", "nginx:1.27", 2), stack)
    found.spec.annotations.labels["com.docker.stack.image"] = "nginx:1.27"
    container = found.spec.task.container
    container.labels[NAMESPACE] = stack
    container.privileges.SetInParent()
    for kind in ("secret", "config"):
        name = f"{stack}_{kind}"
        made = secret(name) if kind == "secret" else config(name)
        reference = getattr(container, f"{kind}s").add()
        setattr(reference, f"{kind}_id", made.id)
        setattr(reference, f"{kind}_name", name)
        reference.file.name, reference.file.mode = kind, 0o444
        reference.file.uid = reference.file.gid = "0"
    found.spec.task.resources.SetInParent()
    found.spec.task.placement.SetInParent()
    found.spec.task.networks.add(target=network(f"{stack}_default").id, aliases=[own])
    found.spec.endpoint.SetInParent()
    return found


def running(found):
    """Its tasks, as they run."""
    for slot in (1, 2):
        one = task(found.spec.annotations.name, slot)
        one.spec.CopyFrom(found.spec.task)
        one.endpoint.spec.CopyFrom(found.spec.endpoint)
        one.desired_state = one.status.state = 512  # RUNNING
        yield one


@pytest.fixture
def stacks(tmp_path):
    """Makes a manager's folder with stacks of one service each."""

    def start(*names, change=lambda service: None):
        folder = RaftFolder(tmp_path / "swarm")
        folder.transaction(create(cluster(folder.cluster_id)))
        for stack in names:
            found = stack_service(stack, "web")
            change(found)
            objects = [
                owned(network(f"{stack}_default"), stack),
                owned(secret(f"{stack}_secret", PAYLOAD), stack),
                owned(config(f"{stack}_config", b"listen 80\n"), stack),
                found,
                *running(found),
            ]
            folder.transaction(*map(create, objects))
        return folder.write()

    return start
