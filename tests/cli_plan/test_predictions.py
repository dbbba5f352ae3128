"""Predictions against deeds: the plan's word on each task, and what a real engine then did."""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest

from swarmwire import pb
from swarmwire.control import sync
from swarmwire.update import plan_update
from tests.cli_plan import running
from tests.cli_plan.updates import CHAINS
from tests.support.either import manager_of
from tests.support.installations import ON_ALL

pytestmark = pytest.mark.parametrize("either", ON_ALL, indirect=True, scope="session")

_AT_A_TIME = 4


class Row(NamedTuple):
    chain: str
    title: str
    predicted: str
    done: str
    effect: str


@pytest.fixture(scope="module")
def dockerd(either):
    """A manager of each release in turn, and an embedded one."""
    with manager_of(either) as manager:
        yield manager


def test_every_task_fares_as_predicted(dockerd, capsys):
    with sync.connect(dockerd.control_socket) as control:
        ids = _references(control)
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        found = list(pool.map(lambda chain: _rows(dockerd, chain, ids), CHAINS))
    rows = [row for chain in found for row in chain]
    with capsys.disabled():
        sys.stdout.write(f"\n{_table(rows)}\n")

    assert [row for row in rows if row.predicted != row.done] == []
    assert len(rows) >= 60
    assert {row.effect for row in rows} >= {"nothing", "metadata only", "scales", "restarts"}


def _references(control):
    """What the updates refer to, and its ID."""
    spec = {"annotations": {"name": "a-secret"}, "data": b"x"}
    secret = control.create_secret(pb.CreateSecretRequest(spec=pb.SecretSpec(**spec))).secret
    spec["annotations"] = {"name": "a-config"}
    config = control.create_config(pb.CreateConfigRequest(spec=pb.ConfigSpec(**spec))).config
    overlay = pb.NetworkSpec(annotations={"name": "a-network"}, driver_config={"name": "overlay"})
    network = control.create_network(pb.CreateNetworkRequest(spec=overlay)).network
    return {"<secret>": secret.id, "<config>": config.id, "<network>": network.id}


def _rows(dockerd, chain, ids):
    with sync.connect(dockerd.control_socket, secrets=True) as control:
        spec = running.spec_of(chain.name, chain.replicas, **chain.mode)
        service = running.create(control, spec, None if not chain.mode else 1)
        rows = [_row(control, service.id, chain, update, ids) for update in chain.updates]
        control.remove_service(pb.RemoveServiceRequest(service_id=service.id))
        return rows


def _row(control, service_id, chain, update, ids):
    before = running.snapshot(control, service_id)
    wanted = pb.ServiceSpec()
    wanted.CopyFrom(before.service.spec)
    update.change(wanted)
    _resolve(wanted, ids)
    planned = plan_update(before, wanted)
    plan = planned.plan
    assert plan.exactness.exact, (update.title, plan.exactness.text)
    control.update_service(
        pb.UpdateServiceRequest(
            service_id=service_id, service_version=before.service.meta.version, spec=planned.spec
        )
    )
    after = running.settled(control, service_id, update.timeout)
    deeds, added = running.deeds(before.tasks, after.tasks)
    predicted = {one.task: one.action for one in plan.tasks if one.task}
    live = {task: predicted.get(task, "kept") for task in deeds}
    new = [one for one in plan.tasks if one.action == "added"]
    if chain.name == "job":
        # a run takes the places of the one before
        deeds = dict.fromkeys(deeds, "removed") if "kept" not in deeds.values() else deeds
        added = [0] * len(new) if deeds and "kept" not in deeds.values() else []
    return Row(
        chain.name,
        update.title,
        _told(live, len(new)),
        _told(deeds, len(added)),
        plan.effect,
    )


def _resolve(spec, ids):
    for network in spec.task.networks:
        network.target = ids.get(network.target, network.target)
    for secret in spec.task.container.secrets:
        secret.secret_id = ids.get(secret.secret_id, secret.secret_id)
    for config in spec.task.container.configs:
        config.config_id = ids.get(config.config_id, config.config_id)


def _told(actions, added):
    """Each task's fate, by its ID's beginning, and how many came."""
    parts = [f"{task[:4]} {action}" for task, action in sorted(actions.items())]
    return ", ".join([*parts, *([f"+{added}"] if added else [])]) or "no tasks"


def _table(rows):
    lines = [
        f"{'same' if row.predicted == row.done else 'WRONG':<6}{row.chain:<11}{row.title:<44}"
        f"{row.effect:<15}{row.predicted}"
        + ("" if row.predicted == row.done else f"  but: {row.done}")
        for row in rows
    ]
    wrong = sum(row.predicted != row.done for row in rows)
    return "\n".join([*lines, f"{len(rows)} updates, {wrong} predicted wrongly"])
