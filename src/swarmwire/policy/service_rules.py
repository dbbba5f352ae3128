"""The rules on specs of services, as data: what they take and reach, their names."""

from typing import Final

from swarmwire.policy.rule import Rule

_C: Final = "task.container."
_NETWORKS: Final = ("task.networks.", "networks.")
"""Attachments stand in the task; clients older than API 1.44 put them beside it."""


def _container(*names: str) -> tuple[str, ...]:
    return tuple(_C + name for name in names)


def _networks(name: str) -> tuple[str, ...]:
    return tuple(at + name for at in _NETWORKS)


_RESOURCES: Final = (
    Rule(
        "limits.required",
        "service",
        (
            "task.resources.limits.memory_bytes",
            "task.resources.limits.nano_cpus",
            f"{_C}pidsLimit",
        ),
        "limit",
        "a fork bomb, or a leak, that stops the node",
        'max.memory, max.cpus, max.pids, require = ["limits"]',
    ),
    Rule(
        "reservation",
        "service",
        ("task.resources.reservations.memory_bytes", "task.resources.reservations.nano_cpus"),
        "limit",
        "nodes that others cannot use",
        "max.memory, max.cpus",
    ),
    Rule(
        "swap",
        "service",
        ("task.resources.swap_bytes", "task.resources.memory_swappiness"),
        "deny",
        "the node's swap",
        form="plain",
    ),
    Rule(
        "device.generic",
        "service",
        (
            "task.resources.reservations.generic.named_resource_spec.kind",
            "task.resources.reservations.generic.named_resource_spec.value",
            "task.resources.reservations.generic.discrete_resource_spec.kind",
            "task.resources.reservations.generic.discrete_resource_spec.value",
        ),
        "deny",
        "GPUs and other devices that nodes advertise",
        form="name",
    ),
)

_REACH: Final = (
    Rule(
        "network.host",
        "service",
        _networks("target"),
        "deny",
        "the node's interfaces, its services on loopback, its abstract sockets",
        form="plain",
    ),
    Rule(
        "network.bridge",
        "service",
        _networks("target"),
        "deny",
        "a network that each node has, or the ingress network",
        form="plain",
    ),
    Rule(
        "network.foreign",
        "service",
        _networks("target"),
        "deny",
        "back ends of other stacks",
        "use.networks",
    ),
    Rule(
        "network.alias",
        "service",
        (*_networks("aliases"), f"{_C}hostname"),
        "deny",
        "traffic that is meant for another service, in a network that is shared. docker stack"
        " deploy makes the service's short name an alias in every network; engines make the host"
        " name one",
        form="name",
    ),
    Rule(
        "network.driver-opts",
        "service",
        _networks("driver_attachment_opts"),
        "deny",
        "options of the network's driver",
        form="name",
    ),
    Rule(
        "port.ingress",
        "service",
        ("endpoint.ports.published_port", "endpoint.ports.publish_mode", "endpoint.ports.protocol"),
        "deny",
        "a port of every node, ahead of whatever listens there",
        "ports",
    ),
    Rule(
        "port.host",
        "service",
        ("endpoint.ports.published_port", "endpoint.ports.publish_mode", "endpoint.ports.protocol"),
        "deny",
        "a port of the task's node, past the mesh",
        "host",
    ),
    Rule(
        "port.dynamic",
        "service",
        ("endpoint.ports.published_port",),
        "deny",
        "any port: 30000-32767 of every node, or 32768-60999 of the task's",
        'ports = ["30000-32767"], host = ["32768-60999"]',
    ),
    Rule(
        "port.reserved",
        "service",
        ("endpoint.ports.published_port",),
        "always",
        "ports of the nodes themselves: 22, 2375-2377, 4789, 7946",
    ),
    Rule(
        "port.count",
        "service",
        ("endpoint.ports.published_port",),
        "limit",
        "ports that others cannot use, of all services of a stack",
        "max.ports",
    ),
    Rule(
        "port.names",
        "service",
        ("endpoint.mode", "endpoint.ports.name", "endpoint.ports.target_port"),
        "allow",
        "how a service is reached within its networks",
    ),
    Rule(
        "log.driver",
        "service",
        ("task.log_driver.name",),
        "deny",
        "a process of the engine that sends to any address, or a plugin",
        form="name",
    ),
    Rule(
        "log.option",
        "service",
        ("task.log_driver.options",),
        "deny",
        "files of the node that the engine reads (syslog-tls-ca-cert), addresses",
        form="name",
    ),
)

_WHOLE: Final = (
    Rule(
        "placement.manager",
        "service",
        ("task.placement.constraints",),
        "require",
        "a place beside the manager's keys, where any other hole becomes the cluster",
        'require = ["constraint:node.role==worker"]',
    ),
    Rule(
        "placement.spread",
        "service",
        (
            "task.placement.preferences.spread.spread_descriptor",
            "task.placement.max_replicas",
            "task.placement.platforms.architecture",
            "task.placement.platforms.os",
        ),
        "allow",
        "where tasks prefer to run",
    ),
    Rule(
        "replicas",
        "service",
        (
            "replicated.replicas",
            "replicated_job.max_concurrent",
            "replicated_job.total_completions",
        ),
        "limit",
        "managers and addresses exhausted by tasks; 100 at most if the policy does not say",
        "max.replicas",
    ),
    Rule(
        "replicas.global",
        "service",
        ("global", "global_job"),
        "deny",
        "a task on every node, managers too",
        form="plain",
    ),
    Rule(
        "update.config",
        "service",
        (
            "task.restart.condition",
            "task.restart.delay",
            "task.restart.max_attempts",
            "task.restart.window",
            *(
                f"{at}.{name}"
                for at in ("update", "rollback")
                for name in (
                    "parallelism",
                    "delay",
                    "failure_action",
                    "monitor",
                    "max_failure_ratio",
                    "order",
                )
            ),
            "task.force_update",
        ),
        "limit",
        "a hot loop of restarts: a delay below 1 second without a limit of attempts, 100 at most"
        " and one for each second of the window",
        form="plain",
    ),
    Rule(
        "runtime.plugin",
        "service",
        ("task.generic.*", "task.attachment.*"),
        "always",
        "a managed plugin with any privilege, on all nodes",
    ),
    Rule(
        "swarmkit.internal",
        "service",
        (
            *_networks("addresses"),
            "annotations.indices.*",
            "task.resource_references.*",
            "task.resources.limits.generic.*",
        ),
        "always",
        "fields of SwarmKit's that no client of the Engine API can send",
    ),
    Rule(
        "label.namespace",
        "service",
        ("annotations.labels", f"{_C}labels"),
        "always",
        "a place in somebody's stack, or none: com.docker.stack.namespace must be a stack of the"
        " client, and stays",
        "stacks",
    ),
    Rule(
        "label.reserved",
        "service",
        ("annotations.labels", f"{_C}labels"),
        "always",
        "imitates the engine's own labels: com.docker.swarm.*, com.docker.network.*",
    ),
    Rule(
        "label.automation",
        "service",
        ("annotations.labels", f"{_C}labels"),
        "deny",
        "orders to others who read labels: routes of a proxy, commands of a scheduler. NAME is a"
        " pattern of keys, or KEY=VALUE of both; label:NAME is short for it",
        form="name",
    ),
    Rule(
        "label.size",
        "service",
        ("annotations.labels", f"{_C}labels"),
        "limit",
        "entries of raft; 64 KiB in all",
        form="plain",
    ),
    Rule(
        "name",
        "service",
        ("annotations.name",),
        "always",
        "names are DNS names in shared networks: a new one begins with the stack's, and _, and not"
        " with the longer name of a stack of somebody else",
        "stacks",
    ),
    Rule(
        "secret.foreign",
        "service",
        _container("secrets.secret_id", "secrets.secret_name"),
        "deny",
        "the data of any secret",
        "use.secrets",
    ),
    Rule(
        "config.foreign",
        "service",
        _container("configs.config_id", "configs.config_name", "configs.runtime"),
        "deny",
        "the data of any config",
        "use.configs",
    ),
    Rule(
        "file.target",
        "service",
        _container(
            *(
                f"{many}.file.{name}"
                for many in ("secrets", "configs")
                for name in ("name", "uid", "gid", "mode")
            )
        ),
        "allow",
        "where a file stands within the container",
    ),
)

SERVICE_RULES: Final = (*_RESOURCES, *_REACH, *_WHOLE)
"""In the order in which a service is judged and explained."""
