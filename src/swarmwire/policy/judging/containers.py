"""What a container may be: privileges, user, limits of the kernel, image, how it stops."""

import re
from collections.abc import Iterator
from typing import Final

from swarmwire import pb
from swarmwire.convert.enums import ISOLATION, SECCOMP_MODE
from swarmwire.convert.time import duration_from_grpc
from swarmwire.images import normalized_image
from swarmwire.policy.patterns import any_matches
from swarmwire.policy.ruleset import RuleSet
from swarmwire.policy.scope import Scope
from swarmwire.policy.violation import Violations, violation
from swarmwire.spec import Steps, masked

_SECOND: Final = 1_000_000_000
_LONGEST_STOP: Final = 600 * _SECOND
_LARGEST: Final = 64 * 1024
_LARGEST_UID: Final = 2**31 - 1
_DEVICE_VARIABLES: Final = (
    "DOCKER_RESOURCE_*",  # by which an engine tells them what a task has reserved
    "NVIDIA_*",
    "AMD_VISIBLE_DEVICES",
    "ASCEND_VISIBLE_DEVICES",
    "ASCEND_RUNTIME_OPTIONS",
    "HABANA_VISIBLE_DEVICES",
    "MTHREADS_*",
)
"""Variables by which runtimes hand over devices.

Source: SwarmKit api/genericresource/string.go, EnvFormat; ``swarm-resource`` of the NVIDIA
Container Toolkit's config.toml.
"""
_AUTOMATION: Final = ("VIRTUAL_HOST*", "VIRTUAL_PATH*", "LETSENCRYPT_*")
"""Variables that others obey: nginx-proxy and its companion, and what does as they do."""
_JUDGED_VARIABLES: Final = {"device.env": _DEVICE_VARIABLES, "env.automation": _AUTOMATION}
"""Variables that are closed, by the rule that opens them."""
_ALL: Final = "ALL"


def judge_container(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    """Everything of a container but its mounts, networks, secrets and configs."""
    yield from _capabilities(container, at, scope)
    yield from _privileges(container.privileges, (*at, "Privileges"), scope)
    yield from _user(container, at, scope)
    yield from _kernel(container, at, scope)
    yield from _image(container, at, scope)
    yield from _life(container, at, scope)
    yield from _environment(container, at, scope)


def _capabilities(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    for index, given in enumerate(container.capability_add):
        name = given.upper().removeprefix("CAP_")
        items = [item.name for item in scope.rules.allow if item.rule == "cap.add"]
        if name not in items and (name == _ALL or not any_matches(items, name)):
            where = (*at, "CapabilityAdd", index)
            yield violation("cap.add", where, f"capability {name}", "allow", f"cap.add:{name}")


def _privileges(privileges: pb.Privileges, at: Steps, scope: Scope) -> Violations:
    rules = scope.rules
    seccomp = privileges.seccomp
    if seccomp.mode or seccomp.profile:
        word = SECCOMP_MODE.word[seccomp.mode or pb.Privileges.SeccompOpts.CUSTOM]
        if not rules.opens("priv.seccomp", word):
            reason, opening = f"seccomp {word}", f"priv.seccomp:{word}"
            yield violation("priv.seccomp", (*at, "Seccomp", "Mode"), reason, "allow", opening)
    if privileges.apparmor.mode and not rules.opens("priv.apparmor"):
        where = (*at, "AppArmor", "Mode")
        yield violation("priv.apparmor", where, "no AppArmor profile", "allow", "priv.apparmor")
    if privileges.selinux_context.ListFields() and not rules.opens("priv.selinux"):
        where, reason = (*at, "SELinuxContext"), "an SELinux label of its own, or none"
        yield violation("priv.selinux", where, reason, "allow", "priv.selinux")
    credentials = privileges.credential_spec.WhichOneof("source")
    if credentials is not None and not rules.opens("priv.credential-spec"):
        where, reason = (*at, "CredentialSpec", credentials.capitalize()), "an identity of the node"
        yield violation("priv.credential-spec", where, reason, "allow", "priv.credential-spec")
    if "no-new-privileges" in rules.require and not privileges.no_new_privileges:
        where = (*at, "NoNewPrivileges")
        yield violation("priv.no-new-privileges", where, "must be true")


def _user(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    if "non-root" in scope.rules.require:
        user = container.user.partition(":")[0]
        if not re.fullmatch("[0-9]{1,10}", user) or not 0 < int(user) <= _LARGEST_UID:
            reason = "must be a user's number above 0; without one the image decides"
            yield violation("user.root", (*at, "User"), reason)
    for group, steps in _groups(container):
        if not scope.rules.opens("user.groups", group):
            where, opening = (*at, *steps), f"user.groups:{group}"
            yield violation("user.groups", where, f"group {group}", "allow", opening)
    if "read-only" in scope.rules.require and not container.read_only:
        yield violation("readonly", (*at, "ReadOnly"), "must be true")


def _groups(container: pb.ContainerSpec) -> Iterator[tuple[str, Steps]]:
    """The groups that it asks for; one that is called as the user is its own."""
    user, _, group = container.user.partition(":")
    if group not in {"", user}:
        yield group, ("User",)
    for index, each in enumerate(container.groups):
        yield each, ("Groups", index)


def _kernel(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    rules = scope.rules
    for name in sorted(container.sysctls):
        if not rules.opens("sysctl", name):
            where = (*at, "Sysctls")
            yield violation("sysctl", where, f"sysctl {name}", "allow", f"sysctl:{name}")
    for index, ulimit in enumerate(container.ulimits):
        yield from _ulimit(ulimit, (*at, "Ulimits", index), scope)
    if container.oom_score_adj < 0 and not rules.opens("oom"):
        reason = f"{container.oom_score_adj}: others are killed first"
        yield violation("oom", (*at, "OomScoreAdj"), reason, "allow", "oom")
    if container.isolation:
        word = ISOLATION.word[container.isolation]
        if not rules.opens("isolation", word):
            where, opening = (*at, "Isolation"), f"isolation:{word}"
            yield violation("isolation", where, f"isolation {word}", "allow", opening)


def _ulimit(ulimit: pb.ContainerSpec.Ulimit, at: Steps, scope: Scope) -> Violations:
    most = scope.rules.most("ulimit", ulimit.name)
    # a negative number is no limit at all
    given = -1 if min(ulimit.soft, ulimit.hard) < 0 else max(ulimit.soft, ulimit.hard)
    if most is None or given < 0 or given > most:
        number = "no limit" if given < 0 else str(given)
        key = "" if given < 0 else "allow"
        text = f"ulimit {ulimit.name} of {number}"
        reason = text if most is None else f"{text}, {most} at most"
        where = (*at, "Name" if most is None else "Hard")
        yield violation("ulimit", where, reason, key, f"ulimit:{ulimit.name}<={given}")


def _image(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    where = (*at, "Image")
    yield from judge_image(container.image, where, scope.rules)
    try:
        image = normalized_image(container.image)
    except ValueError:
        return  # told already
    if "digest" in scope.rules.require and not image.digest:
        yield violation("image.digest", where, f"image {image} has no digest")


def judge_image(text: str, where: Steps, rules: RuleSet) -> Violations:
    """That the image list does not have an image, or that it is none of a registry."""
    try:
        image = normalized_image(text)
    except ValueError as err:
        yield violation("image", where, f"{masked(text) or 'no image'}: {err}")
        return
    if not any_matches(rules.images, str(image)) and not any_matches(rules.images, image.tagged):
        opening = f"{image.domain}/{image.path}{':*' if image.tag else '@*'}"
        yield violation("image", where, f"image {image} is not listed", "images", opening)


def _life(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    rules = scope.rules
    if duration_from_grpc(container.stop_grace_period) > _LONGEST_STOP and not rules.opens(
        "stop.grace"
    ):
        where, reason = (*at, "StopGracePeriod"), "longer than 10 minutes"
        yield violation("stop.grace", where, reason, "allow", "stop.grace")
    health = container.healthcheck
    for name, given in (("Interval", health.interval), ("StartInterval", health.start_interval)):
        # 0 is the engine's own default
        if 0 < duration_from_grpc(given) < _SECOND and not rules.opens("health"):
            where = (*at, "Healthcheck", name)
            yield violation("health", where, "shorter than 1 second", "allow", "health")


def _environment(container: pb.ContainerSpec, at: Steps, scope: Scope) -> Violations:
    for index, variable in enumerate(container.env):
        name = variable.partition("=")[0]
        for rule, names in _JUDGED_VARIABLES.items():
            if any_matches(names, name) and not scope.rules.opens(rule, name):
                where, opening = (*at, "Env", index), f"{rule}:{name}"
                yield violation(rule, where, f"variable {name}", "allow", opening)
    texts = (*container.env, *container.args, *container.command)
    size = sum(len(text.encode()) for text in texts)
    if size > _LARGEST and not scope.rules.opens("env.size"):
        reason = f"variables and arguments of {size} bytes, {_LARGEST} at most"
        yield violation("env.size", (*at, "Env"), reason, "allow", "env.size")
