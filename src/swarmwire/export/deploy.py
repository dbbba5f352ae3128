"""The option ``deploy`` of a service: how many tasks, where, and how they are rolled out. Pure."""

from typing import Any

from swarmwire import engine
from swarmwire.export.sections import own_labels
from swarmwire.export.values import Present, duration, filled, processors, size, some_duration
from swarmwire.stack.body.building import IMAGE


def deploy_of(spec: engine.ServiceSpec) -> dict[str, Any]:
    """What stands under ``deploy``."""
    labels = own_labels(spec.labels)
    labels.pop(IMAGE, None)
    endpoint = spec.endpoint_spec.mode if spec.endpoint_spec is not None else ""
    return filled(
        {
            **_mode(spec.mode),
            "labels": labels,
            "endpoint_mode": "" if endpoint == "vip" else endpoint,
            "placement": _placement(spec.task_template.placement),
            "resources": _resources(spec.task_template.resources),
            "restart_policy": _restart_policy(spec.task_template.restart_policy),
            "update_config": _rollout(spec.update_config),
            "rollback_config": _rollout(spec.rollback_config),
        }
    )


def _mode(mode: engine.ServiceMode) -> dict[str, Any]:
    if mode.global_ is not None:
        return {"mode": "global"}
    if mode.global_job is not None:
        return {"mode": "global-job"}
    if mode.replicated_job is not None:
        return {"mode": "replicated-job", "replicas": mode.replicated_job.total_completions}
    replicas = None if mode.replicated is None else mode.replicated.replicas
    return {"replicas": None if replicas == 1 else replicas}


def _placement(placement: engine.Placement | None) -> dict[str, Any] | None:
    if placement is None:
        return None
    return filled(
        {
            "constraints": list(placement.constraints),
            "preferences": [
                {"spread": one.spread.spread_descriptor}
                for one in placement.preferences
                if one.spread is not None
            ],
            "max_replicas_per_node": placement.max_replicas or None,
        }
    )


def _resources(resources: engine.ResourceRequirements | None) -> dict[str, Any] | None:
    if resources is None:
        return None
    return filled(
        {"limits": _limits(resources.limits), "reservations": _reservations(resources.reservations)}
    )


def _limits(limits: engine.Limit | None) -> Present | None:
    if limits is None:
        return None
    return Present(
        filled(
            {
                "cpus": processors(limits.nano_cpus),
                "memory": size(limits.memory_bytes),
                "pids": limits.pids or None,
            }
        )
    )


def _reservations(reservations: engine.Resources | None) -> Present | None:
    if reservations is None:
        return None
    return Present(
        filled(
            {
                "cpus": processors(reservations.nano_cpus),
                "memory": size(reservations.memory_bytes),
                "generic_resources": [
                    {"discrete_resource_spec": {"kind": found.kind, "value": found.value}}
                    for one in reservations.generic_resources
                    if (found := one.discrete_resource_spec) is not None
                ],
            }
        )
    )


def _restart_policy(policy: engine.RestartPolicy | None) -> Present | None:
    if policy is None:
        return None
    return Present(
        filled(
            {
                "condition": policy.condition,
                "delay": None if policy.delay is None else duration(policy.delay),
                "max_attempts": policy.max_attempts or None,
                "window": None if policy.window is None else duration(policy.window),
            }
        )
    )


def _rollout(config: engine.UpdateConfig | None) -> Present | None:
    if config is None:
        return None
    action, order = config.failure_action, config.order
    return Present(
        filled(
            {
                "parallelism": None if config.parallelism == 1 else config.parallelism,
                "delay": some_duration(config.delay),
                "failure_action": "" if action == "pause" else action,
                "monitor": some_duration(config.monitor),
                "max_failure_ratio": config.max_failure_ratio or None,
                "order": "" if order == "stop-first" else order,
            }
        )
    )
