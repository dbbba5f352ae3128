"""The rules on all other objects, on requests as a whole, and on what is read, as data."""

from typing import Final, Literal

from swarmwire.policy.rule import Rule

_LABELS: Final = ("annotations.labels",)
_INTERNAL: Final = ("annotations.indices.*",)

_NETWORKS: Final = (
    Rule(
        "network.create.driver",
        "network",
        ("driver_config.name",),
        "deny",
        "layer 2 of the nodes' network (macvlan, ipvlan), plugins; overlay is allowed",
        form="name",
    ),
    Rule(
        "network.create.option",
        "network",
        ("driver_config.options",),
        "deny",
        "parent interfaces, chosen VXLAN ids; encrypted is allowed",
        form="name",
    ),
    Rule(
        "network.create.subnet",
        "network",
        (
            "ipam.configs.subnet",
            "ipam.configs.range",
            "ipam.configs.gateway",
            "ipam.configs.family",
            "ipam.configs.reserved",
        ),
        "deny",
        "addresses of other networks, captured on all nodes; NAME is a pool such as 10.20.0.0/16",
        form="name",
    ),
    Rule(
        "network.create.ipam",
        "network",
        ("ipam.driver.name", "ipam.driver.options"),
        "deny",
        "a plugin that gives addresses",
        form="name",
    ),
    Rule(
        "network.create.ingress",
        "network",
        ("ingress",),
        "always",
        "the network of all published ports",
    ),
    Rule(
        "network.create.attachable",
        "network",
        ("attachable",),
        "deny",
        "containers beside the swarm, which no policy sees",
        form="plain",
    ),
    Rule(
        "network.create.config-from",
        "network",
        ("network",),
        "always",
        "a configuration that only nodes know",
    ),
    Rule(
        "network.create.kind",
        "network",
        ("internal", "ipv6_enabled"),
        "allow",
        "less reach, or the other family of addresses",
    ),
)

_FILES: Final = (
    Rule(
        "secret.driver",
        "secret",
        ("driver.name", "driver.options"),
        "deny",
        "a plugin that is asked for secrets with the labels of services: the vault of others",
        form="name",
    ),
    Rule("secret.data", "secret", ("data",), "allow", "the client's own data"),
    Rule("config.data", "config", ("data",), "allow", "the client's own data"),
)


def _shared(of: Literal["network", "secret", "config"]) -> tuple[Rule, ...]:
    """What holds for each kind of object that belongs to a stack, as for services."""
    return (
        Rule(f"{of}.namespace", of, _LABELS, "always", "as label.namespace", "stacks"),
        Rule(f"{of}.label-reserved", of, _LABELS, "always", "as label.reserved"),
        Rule(f"{of}.label-size", of, _LABELS, "limit", "as label.size", form="plain"),
        Rule(f"{of}.name", of, ("annotations.name",), "always", "as name", "stacks"),
        Rule(f"{of}.internal", of, _INTERNAL, "always", "as swarmkit.internal"),
    )


_TEMPLATES: Final = (
    Rule(
        "secret.template",
        "secret",
        ("templating.name", "templating.options", "data"),
        "limit",
        "nodes that expand it for ever; fields, conditions, and the secrets, configs and variables"
        " of the same task are allowed",
        form="plain",
    ),
    Rule(
        "config.template",
        "config",
        ("templating.name", "templating.options", "data"),
        "limit",
        "as secret.template",
        form="plain",
    ),
)

_CLUSTER: Final = (
    Rule(
        "node.role",
        "node",
        ("desired_role", "membership", "annotations.name", "annotations.indices.*"),
        "always",
        "a worker of one's own as a manager, with all secrets",
    ),
    Rule(
        "node.availability",
        "node",
        ("availability",),
        "deny",
        "nodes emptied of everybody's tasks",
        form="plain",
    ),
    Rule(
        "node.labels",
        "node",
        ("annotations.labels",),
        "deny",
        "tasks of others, sent by their constraints to a node of one's own",
        form="name",
    ),
    Rule(
        "swarm.ca",
        "swarm",
        ("ca_config.*", "acceptance_policy.*", "annotations.name", "annotations.indices.*"),
        "always",
        "an authority of one's own: all nodes",
    ),
    Rule(
        "swarm.update",
        "swarm",
        (
            "annotations.labels",
            "orchestration.task_history_retention_limit",
            "raft.snapshot_interval",
            "raft.keep_old_snapshots",
            "raft.log_entries_for_slow_followers",
            "raft.heartbeat_tick",
            "raft.election_tick",
            "dispatcher.heartbeat_period",
            "task_defaults.log_driver.name",
            "task_defaults.log_driver.options",
            "encryption_config.auto_lock_managers",
        ),
        "deny",
        "a heartbeat of 1 ns takes all nodes down; NAME is a part: Orchestration, Dispatcher",
        form="name",
    ),
)

_REQUESTS: Final = (
    Rule("write", "request", (), "deny", "any change", "write", where="every POST, PUT and DELETE"),
    Rule(
        "update.foreign",
        "request",
        (),
        "always",
        "the strongest way out: a service that holds the engine's socket, given another image. What"
        " is stored must be of a stack of the client, and its spec must pass",
        "stacks",
        where="POST /{kind}/{id}/update, DELETE /{kind}/{id}",
    ),
    Rule(
        "rollback",
        "request",
        (),
        "always",
        "a previous spec that was never judged: it must pass, too",
        where="POST /services/{id}/update?rollback=previous",
    ),
    Rule(
        "unknown-field",
        "request",
        (),
        "always",
        "whatever a later SwarmKit makes of a field that no rule knows",
        where="any field of any spec",
    ),
    Rule(
        "spec.size",
        "request",
        (),
        "limit",
        "managers and their clients exhausted by one service, whose spec each task holds; 256 KiB"
        " without data, and 10000 values",
        form="plain",
        where="POST /{kind}/create, /{kind}/{id}/update",
    ),
    Rule(
        "stack.services",
        "request",
        (),
        "limit",
        "managers exhausted by services; 100 in a stack if the policy does not say",
        "max.services",
        where="POST /services/create",
    ),
    Rule(
        "stack.objects",
        "request",
        (),
        "limit",
        "managers exhausted by objects; 100 of each in a stack if the policy does not say",
        "max.networks, max.secrets, max.configs",
        where="POST /networks/create, /secrets/create, /configs/create",
    ),
    Rule(
        "stack.count",
        "request",
        (),
        "limit",
        "managers exhausted by stacks, each of which may hold as much as any; of a client whose"
        " stacks are a pattern 100 if the policy does not say",
        "max.stacks",
        where="POST /{kind}/create of a stack that has nothing yet",
    ),
    Rule(
        "restart-all",
        "request",
        (),
        "require",
        "every task of a service replaced",
        'not giving deny = ["restart-all"]',
        where="POST /services/{id}/update, with what it would restart",
    ),
    Rule(
        "outage",
        "request",
        (),
        "require",
        "no task of a service left: all of them replaced at once, the old ones stopped first",
        'not giving deny = ["outage"]',
        where="POST /services/{id}/update, with what it would restart",
    ),
    Rule(
        "plan.required",
        "request",
        (),
        "require",
        "a change that nobody has looked at; the same request as a dry run comes before it",
        'not giving require = ["plan"]',
        where="POST /services/create, /services/{id}/update",
    ),
    Rule(
        "swarm.membership",
        "request",
        (),
        "always",
        "the swarm itself",
        where="POST /swarm/init, /join, /leave, /unlock",
    ),
    Rule(
        "swarm.rotate",
        "request",
        (),
        "always",
        "tokens and keys of everybody, made invalid",
        where="POST /swarm/update?rotateWorkerToken=, rotateManagerToken=, rotateManagerUnlockKey=",
    ),
    Rule(
        "lookup.confusion",
        "request",
        (),
        "always",
        "another object than the one that was judged: what is written is the id and the version"
        " that were judged",
        where="{id} of every path, networks of services",
    ),
    Rule(
        "node.remove", "request", (), "deny", "others' nodes", form="plain", where="DELETE /nodes"
    ),
    Rule(
        "network.prune",
        "request",
        (),
        "always",
        "networks of others that nobody uses just now",
        where="POST /networks/prune",
    ),
    Rule(
        "network.connect",
        "request",
        (),
        "always",
        "containers of a node",
        where="POST /networks/{id}/connect, /disconnect",
    ),
    Rule("volumes", "request", (), "always", "cluster volumes", where="POST, PUT /volumes"),
    Rule(
        "rate",
        "request",
        (),
        "limit",
        "requests without end, or of any size",
        "rate",
        where="requests, their bodies, and streams",
    ),
)

_READS: Final = (
    Rule("read", "read", (), "deny", "objects of a kind", "read", where="every GET but /_ping"),
    Rule(
        "see", "read", (), "deny", "objects of others; they do not exist for the client", "see",
        where="lists, GET by id, logs, events",
    ),
    Rule(
        "swarm.tokens", "read", (), "always", "a node of one's own as a manager: tokens are blank",
        where="GET /swarm",
    ),
    Rule(
        "swarm.unlock-key", "read", (), "always", "a stolen disk, decrypted",
        where="GET /swarm/unlockkey",
    ),
    Rule(
        "logs", "read", (), "deny", "data of other teams: only services that it sees", "read",
        where="GET /services/{id}/logs, /tasks/{id}/logs",
    ),
    Rule(
        "info", "read", (), "deny",
        "addresses of managers; proxies, mirrors and labels, which are always taken out", "read",
        where="GET /info",
    ),
    Rule(
        "read.events", "read", (), "deny", "names of everything: only objects that it sees", "read",
        where="GET /events",
    ),
    Rule(
        "read.nodes", "read", (), "deny", "addresses of nodes and versions of engines", "read",
        where="GET /nodes",
    ),
    Rule(
        "read.env", "read", (), "allow",
        "passwords in variables, arguments, options of drivers and data of configs; hide takes"
        " them away",
        where="services, tasks, configs",
    ),
    Rule(
        "distribution", "read", (), "deny",
        "requests in the gateway's name, to the registries that serve --registry names and about"
        " images that the client may run", "read",
        where="GET /distribution/{image}/json",
    ),
    Rule("auth", "read", (), "always", "passwords tried out", where="POST /auth"),
)  # fmt: skip

OBJECT_RULES: Final = (
    *_NETWORKS,
    *_shared("network"),
    *_FILES,
    *_TEMPLATES,
    *_shared("secret"),
    *_shared("config"),
    *_CLUSTER,
    *_REQUESTS,
    *_READS,
)
"""In the order in which they are explained."""
