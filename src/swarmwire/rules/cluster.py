"""The cluster. Source: SwarmKit controlapi, validateClusterSpec and validateCAConfig.

Of the rotation of certificates only what needs no stored cluster, no clock and no network.
"""

import re

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import Problems, invalid, raise_first, under
from swarmwire.rules.duration import SECOND, MalformedDurationError, nanoseconds
from swarmwire.rules.go_text import lower

_MIN_NODE_CERT_EXPIRY = 3600 * SECOND
_NAME = "default"
_PEM = re.compile(rb"-----BEGIN (.*?)-----[ \t\r]*\n[^-]*-----END \1-----")


def validate_cluster_spec(message: pb.ClusterSpec | None) -> None:
    """Accept or refuse an update of the cluster as a manager does.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_problems(message))


def cluster_spec_problems(message: pb.ClusterSpec | None) -> list[InvalidSpec]:
    """Every problem of an update of the cluster, in the manager's order."""
    return list(_problems(message))


def _problems(message: pb.ClusterSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    yield from under(_expiry_problems(message.ca_config), "CAConfig")
    for index, policy in enumerate(message.acceptance_policy.policies):
        if policy.HasField("secret") and lower(policy.secret.alg) != "bcrypt":
            reason = f"hashing algorithm is not supported: {policy.secret.alg}"
            yield invalid(reason, "AcceptancePolicy", "Policies", index, kind="unsupported")
    yield from under(_dispatcher_problems(message.dispatcher), "Dispatcher")
    if message.annotations.name != _NAME:
        yield invalid("modification of cluster name is not allowed", "Name", kind="unsupported")
    ca_config = message.ca_config
    if ca_config.signing_ca_key and not _PEM.search(ca_config.signing_ca_cert):
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
