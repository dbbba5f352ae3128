"""Published ports, and settings of the interfaces in networks.

Source: SwarmKit manager/allocator; moby daemon/cluster/executor/container/container.go,
portBindings; daemon/container.go, validatePortBindings; daemon/container_operations.go,
validateEndpointSettings.
"""

from typing import Final

from swarmwire import pb
from swarmwire.errors import MapKey
from swarmwire.rules._problems import Hazard, Hazards
from swarmwire.rules.go_text import quote

_MAX_PORT: Final = 0xFFFF
_PROTOCOLS: Final = (pb.PortConfig.TCP, pb.PortConfig.UDP, pb.PortConfig.SCTP)
_WORDS: Final = {pb.PortConfig.TCP: "tcp", pb.PortConfig.UDP: "udp", pb.PortConfig.SCTP: "sctp"}
_SYSCTLS: Final = "com.docker.network.endpoint.sysctls"
_SYSCTLS_SINCE: Final = "27.5"
_FAMILIES: Final = ("ipv4", "ipv6", "mpls")


def port_hazards(port: pb.PortConfig) -> Hazards:
    """A port that is never allocated, or never published."""
    if port.publish_mode == pb.PortConfig.INGRESS and port.protocol not in _PROTOCOLS:
        reason = (
            f"a manager does not know protocol {port.protocol},"
            " and crashes on it at every start once it is stored"
        )
        yield Hazard(("Protocol",), reason, "manager", "use tcp, udp or sctp")
    if port.published_port > _MAX_PORT:
        reason = f"port {port.published_port} is never allocated, so that tasks stay new for ever"
        yield Hazard(("PublishedPort",), reason, "manager", f"ports end at {_MAX_PORT}")
    yield from _target_hazards(port)


def _target_hazards(port: pb.PortConfig) -> Hazards:
    steps, target = ("TargetPort",), port.target_port
    on_host = port.publish_mode == pb.PortConfig.HOST
    if target > _MAX_PORT:
        fix = f"ports end at {_MAX_PORT}"
        reason = f"{target} is no port: tasks run, and nothing is published"
        last = ""
        if on_host:
            refusal = f"invalid port specification: {quote(str(target))}"
            yield Hazard(steps, refusal, "worker", fix, last="28.5")
            yield Hazard(steps, reason, "worker", fix, "lost", first="29.0")
        else:
            yield Hazard(steps, reason, "worker", fix, "lost", last=last)
    elif not target:
        fix = "set the port on which the container listens"
        reason = "nothing listens on port 0, so that the published port leads nowhere"
        if on_host:
            word = _WORDS.get(port.protocol, "tcp")
            refusal = f"invalid port specification: {quote(f'0/{word}')}"
            yield Hazard(steps, refusal, "worker", fix, first="29")
        yield Hazard(steps, reason, "worker", fix, "lost", last="29.0" if on_host else "")


def attachment_hazards(attachment: pb.NetworkAttachmentConfig) -> Hazards:
    """Driver options of a network's interface that set what is no setting of interfaces."""
    given = attachment.driver_attachment_opts.get(_SYSCTLS)
    if given is None:
        return
    for setting in given.split(","):
        parts = setting.split(".", 4)
        fits = len(parts) == 5 and parts[1] in _FAMILIES and parts[3] in ("IFNAME", "ifname")
        if not fits:
            reason = (
                f"unrecognised network interface sysctl '{setting}'; represent"
                " 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'"
            )
        elif "=" not in setting:
            reason = f"expected sysctl '{setting}' to have format name=value"
        elif "." in parts[4].partition("=")[0]:
            reason = f"expected sysctl '{setting}' to have format net.X.Y.IFNAME.Z"
        else:
            continue
        fix = 'write "net.ipv4.conf.IFNAME.log_martians=1", several with commas between them'
        steps = ("DriverOpts", MapKey(_SYSCTLS))
        yield Hazard(steps, reason, "worker", fix, first=_SYSCTLS_SINCE)
