"""How a container's process is to run: signals, capabilities, limits, kernel settings.

Source: moby daemon/container.go, validateContainerConfig and validateCapabilities;
daemon/daemon_unix.go, verifyPlatformContainerSettings; runc rlimit_linux.go and
libcontainer/configs/validate, sysctl; github.com/moby/sys/signal.
"""

from typing import Final

from swarmwire import pb
from swarmwire.errors import MapKey
from swarmwire.releases import Release
from swarmwire.rules._problems import Hazard, Hazards
from swarmwire.rules.go_text import quote

_UNSIGNED: Final = 2**64 - 1
_INT64: Final = range(-(2**63), 2**63)
_LONGEST_HOSTNAME: Final = 64
_OOM_SCORES: Final = range(-1000, 1001)

_SIGNAL_NAMES: Final = (
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT"
    " STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX"
)
_SIGNALS: Final = frozenset(_SIGNAL_NAMES.split()) | {
    *(f"RTMIN+{number}" for number in range(1, 16)),
    *(f"RTMAX-{number}" for number in range(1, 15)),
}
_CAPABILITY_NAMES: Final = (
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE"
    " NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO"
    " SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME"
    " SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG"
    " WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
)
_CAPABILITIES: Final = frozenset(_CAPABILITY_NAMES.split())
_LATE_CAPABILITIES: Final = frozenset({"PERFMON", "BPF", "CHECKPOINT_RESTORE"})
_LATE_CAPABILITIES_SINCE: Final = "23.0"

_RLIMITS: Final = (
    *("cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as"),
    *("locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime"),
)
"""Resource limits, each at the place of its number."""

_NAMESPACED: Final = frozenset(
    {
        *("kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall"),
        *("kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced", "kernel.domainname"),
    }
)


def process_hazards(container: pb.ContainerSpec, release: Release) -> Hazards:
    """Stop signal, host name, score for the OOM killer, capabilities, limits, sysctls."""
    if container.stop_signal:
        yield from _signal_hazards(container.stop_signal, release)
    if len(container.hostname) > _LONGEST_HOSTNAME // 4:
        yield from _hostname_hazards(container.hostname)
    if container.oom_score_adj not in _OOM_SCORES:
        reason = (
            f"Invalid value {container.oom_score_adj}, range for oom score adj is [-1000, 1000]"
        )
        yield Hazard(("OomScoreAdj",), reason, "worker", "choose a value from -1000 to 1000")
    for name, word, given in (
        ("CapabilityAdd", "CapAdd", container.capability_add),
        ("CapabilityDrop", "CapDrop", container.capability_drop),
    ):
        for index, capability in enumerate(given):
            yield from _capability_hazards(capability, word, name, index)
    for index, ulimit in enumerate(container.ulimits):
        yield from _ulimit_hazards(ulimit, index)
    for name in sorted(container.sysctls):
        yield from _sysctl_hazards(name)


def _signal_hazards(text: str, release: Release) -> Hazards:
    digits = text[1:] if text[0] in "+-" else text
    if digits.isascii() and digits.isdigit() and len(digits) < 20 and int(text) in _INT64:
        known = int(text) != 0
    else:
        known = text.upper().removeprefix("SIG") in _SIGNALS
    if not known:
        said = "Invalid" if release.has("87e1464c43", "20.10") else "invalid"
        fix = "use a name as SIGTERM, or a number"
        yield Hazard(("StopSignal",), f"{said} signal: {text}", "worker", fix)


def _hostname_hazards(hostname: str) -> Hazards:
    # what a template becomes, only the worker knows
    if "{{" in hostname or len(hostname.encode("utf-8", "surrogateescape")) <= _LONGEST_HOSTNAME:
        return
    steps, fix = ("Hostname",), f"use at most {_LONGEST_HOSTNAME} bytes"
    reason = f"hostname {quote(hostname)} is too long (maximum {_LONGEST_HOSTNAME} bytes)"
    yield Hazard(steps, reason, "worker", fix, first="29")
    yield Hazard(steps, "sethostname: invalid argument", "worker", fix, last="29.0")


def _capability_hazards(given: str, word: str, *steps: str | int) -> Hazards:
    name = given.upper()
    if name == "ALL":
        return
    plain = name.removeprefix("CAP_")
    last = ""
    if plain in _CAPABILITIES:
        if plain not in _LATE_CAPABILITIES:
            return
        last = "20.10"
    reason = f"invalid {word}: unknown capability: {quote(f'CAP_{plain}')}"
    fix = "see capabilities(7) for the names"
    yield Hazard(steps, reason, "worker", fix, last=last)


def _ulimit_hazards(ulimit: pb.ContainerSpec.Ulimit, index: int) -> Hazards:
    name = ulimit.name.lower()
    if name not in _RLIMITS:
        reason = f"wrong rlimit value: RLIMIT_{ulimit.name.upper()}"
        fix = f"use one of {', '.join(_RLIMITS)}"
        yield Hazard(("Ulimits", index, "Name"), reason, "worker", fix)
    # -1 is no limit: the greatest number of all
    elif ulimit.soft & _UNSIGNED > ulimit.hard & _UNSIGNED:
        reason = (
            f"error setting rlimit type {_RLIMITS.index(name)}: invalid argument:"
            f" the soft limit {ulimit.soft} is above the hard limit {ulimit.hard}"
        )
        fix = "raise Hard, or lower Soft"
        yield Hazard(("Ulimits", index, "Soft"), reason, "worker", fix)


def _sysctl_hazards(given: str) -> Hazards:
    name = _dotted(given)
    if name in _NAMESPACED or name.startswith(("net.", "fs.mqueue.")):
        return
    steps = ("Sysctls", MapKey(given))
    if name.startswith("user."):
        reason = f"setting ucounts without a user namespace not allowed: {name}"
        fix = "only workers with userns-remap take it"
    elif name == "kernel.hostname":
        reason = (
            f'sysctl {quote(name)} is not allowed as it conflicts with the OCI "hostname" field'
        )
        fix = "set Hostname"
    else:
        reason = f"sysctl {quote(name)} is not in a separate kernel namespace"
        fix = "set it on the nodes: it holds for all of their containers"
    yield Hazard(steps, reason, "worker", fix)


def _dotted(name: str) -> str:
    """The name with dots, as sysctl(8) has it; ``net/ipv4/conf/eth0.1`` is written so, too."""
    first = next((char for char in name if char in "./"), ".")
    return name if first == "." else name.translate(str.maketrans("./", "/."))
