"""The cluster and its nodes.

Source: SwarmKit controlapi, validateClusterSpec, validateCAConfig and UpdateNode. Of the
rotation of certificates only what needs no stored cluster, no clock and no network.
"""

import re

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect
from swarmwire.releases import AnyRelease
from swarmwire.releases.messages import known_to
from swarmwire.rules._problems import Problems, invalid, raise_first, under
from swarmwire.rules.duration import SECOND, MalformedDurationError, nanoseconds
from swarmwire.rules.go_text import lower

_MIN_NODE_CERT_EXPIRY = 3600 * SECOND
_NAME = "default"
_PEM = rb"-----BEGIN (.*?)-----[ \t\r]*\n[^-]*-----END \1-----"


def validate_cluster_spec(message: pb.ClusterSpec | None, *, release: AnyRelease = None) -> None:
    """Accept or refuse an update of the cluster as a manager does.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_cluster_problems(known_to(message, release)))


def cluster_spec_problems(
    message: pb.ClusterSpec | None, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of an update of the cluster, in the manager's order."""
    return list(_cluster_problems(known_to(message, release)))


def _cluster_problems(message: pb.ClusterSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    expect(pb.ClusterSpec, message)
    yield from under(_expiry_problems(message.ca_config), "CAConfig")
    for index, policy in enumerate(message.acceptance_policy.policies):
        if policy.HasField("secret") and lower(policy.secret.alg) != "bcrypt":
            reason = f"hashing algorithm is not supported: {policy.secret.alg}"
            yield invalid(reason, "AcceptancePolicy", "Policies", index, kind="unsupported")
    yield from under(_dispatcher_problems(message.dispatcher), "Dispatcher")
    if message.annotations.name != _NAME:
        yield invalid("modification of cluster name is not allowed", "Name", kind="unsupported")
    ca_config = message.ca_config
    if ca_config.signing_ca_key and not re.search(_PEM, ca_config.signing_ca_cert):
        reason = "if a signing CA key is provided, the signing CA cert must also be provided"
        yield invalid(reason, "CAConfig", "SigningCACert", kind="missing")


def _expiry_problems(ca_config: pb.CAConfig) -> Problems:
    if not ca_config.HasField("node_cert_expiry"):
        return
    try:
        expiry = nanoseconds(ca_config.node_cert_expiry)
    except MalformedDurationError:
        yield invalid("invalid argument", "NodeCertExpiry")
        return
    if expiry < _MIN_NODE_CERT_EXPIRY:
        yield invalid("minimum certificate expiry time is: 1h0m0s", "NodeCertExpiry")


def _dispatcher_problems(dispatcher: pb.DispatcherConfig) -> Problems:
    try:
        period = nanoseconds(dispatcher.heartbeat_period)
    except MalformedDurationError:
        yield invalid("invalid argument", "HeartbeatPeriod")
        return
    if period < 0:
        yield invalid("heartbeat time period cannot be a negative duration", "HeartbeatPeriod")


def validate_node_spec(message: pb.NodeSpec | None, *, release: AnyRelease = None) -> None:
    """Accept or refuse a node spec as a manager does: only its absence is refused.

    Names, labels, roles and availability are not checked.

    Raises:
        InvalidSpec: there is no spec.
    """
    raise_first(_node_problems(known_to(message, release)))


def node_spec_problems(
    message: pb.NodeSpec | None, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a node spec: at most that there is none."""
    return list(_node_problems(known_to(message, release)))


def _node_problems(message: pb.NodeSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    expect(pb.NodeSpec, message)
