"""The values that a manager fills in. Source: SwarmKit api/defaults; engine's swarm init."""

from swarmwire import pb
from swarmwire.expected import expect

_STOP_GRACE_PERIOD = 10
_RESTART_DELAY = 5
_MONITOR = 5


def with_defaults(spec: pb.ServiceSpec) -> pb.ServiceSpec:
    """A copy of the spec with what is absent filled in, as ``insert_defaults`` answers.

    Sending such a spec back replaces every task of the service, and that of a job is refused,
    because it has an update configuration.
    """
    expect(pb.ServiceSpec, spec)
    out = pb.ServiceSpec()
    out.CopyFrom(spec)
    if out.task.HasField("container"):
        _fill_container(out.task.container)
    out.task.resources.SetInParent()
    _fill_restart(out.task)
    out.task.placement.SetInParent()
    for field in ("update", "rollback"):
        if not out.HasField(field):
            _fill_rollout(getattr(out, field))
        config: pb.UpdateConfig = getattr(out, field)
        if not config.HasField("monitor"):
            config.monitor.seconds = _MONITOR
    return out


def default_service_spec() -> pb.ServiceSpec:
    """The values that a manager uses for all that a service of containers leaves out."""
    spec = pb.ServiceSpec()
    spec.task.container.SetInParent()
    return with_defaults(spec)


def default_cluster_spec() -> pb.ClusterSpec:
    """The spec of the cluster that a new swarm starts with."""
    spec = pb.ClusterSpec()
    spec.annotations.name = "default"
    spec.orchestration.task_history_retention_limit = 5
    spec.raft.snapshot_interval = 10_000
    spec.raft.log_entries_for_slow_followers = 500
    spec.raft.heartbeat_tick = 1
    spec.raft.election_tick = 10
    spec.dispatcher.heartbeat_period.seconds = 5
    spec.ca_config.node_cert_expiry.seconds = 90 * 24 * 3600
    return spec


def _fill_container(container: pb.ContainerSpec) -> None:
    if not container.HasField("stop_grace_period"):
        container.stop_grace_period.seconds = _STOP_GRACE_PERIOD
    container.pull_options.SetInParent()
    container.dns_config.SetInParent()


def _fill_restart(task: pb.TaskSpec) -> None:
    if not task.HasField("restart"):
        task.restart.condition = pb.RestartPolicy.ANY
    if not task.restart.HasField("delay"):
        task.restart.delay.seconds = _RESTART_DELAY


def _fill_rollout(config: pb.UpdateConfig) -> None:
    config.parallelism = 1
    config.delay.SetInParent()
    config.failure_action = pb.UpdateConfig.PAUSE
    config.order = pb.UpdateConfig.STOP_FIRST
