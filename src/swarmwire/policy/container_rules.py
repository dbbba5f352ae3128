"""The rules on what a container may mount and be, as data."""

from typing import Final

from swarmwire.policy.rule import Rule

_C: Final = "task.container."
_M: Final = f"{_C}mounts."
_P: Final = f"{_C}privileges."
_VOLUME: Final = f"{_M}volume_options."


def _container(*names: str) -> tuple[str, ...]:
    return tuple(_C + name for name in names)


def _mount(*names: str) -> tuple[str, ...]:
    return tuple(_M + name for name in names)


def _privileges(*names: str) -> tuple[str, ...]:
    return tuple(_P + name for name in names)


_MOUNTS: Final = (
    Rule(
        "mount.bind",
        "service",
        _mount(
            "type",
            "source",
            "readonly",
            "bind_options.nonrecursive",
            "bind_options.createmountpoint",
            "bind_options.readonlynonrecursive",
            "bind_options.readonlyforcerecursive",
        ),
        "deny",
        "the node's files: sockets of engines, the manager's keys; an absent type means bind",
        "mounts.bind",
    ),
    Rule(
        "mount.template",
        "service",
        (
            *_mount("source", "target"),
            f"{_VOLUME}labels",
            f"{_VOLUME}subpath",
            f"{_VOLUME}driver_config.options",
        ),
        "deny",
        "a path that no check sees: nodes expand it after they have checked it. allow opens it for"
        " targets, labels and names of volumes, never for sources of bind mounts",
        form="plain",
    ),
    Rule(
        "mount.traversal",
        "service",
        (f"{_M}source", f"{_VOLUME}subpath"),
        "always",
        "leads out of a folder that is allowed; nodes follow symlinks there, so tenants must not be"
        " able to write into an allowed folder",
    ),
    Rule(
        "mount.propagation",
        "service",
        _mount("bind_options.propagation"),
        "deny",
        "mounts within the container appear on the node",
        form="name",
    ),
    Rule(
        "mount.volume-driver",
        "service",
        (f"{_VOLUME}driver_config.name",),
        "deny",
        "a volume plugin, with whatever it can do",
        form="name",
    ),
    Rule(
        "mount.volume-options",
        "service",
        (f"{_VOLUME}driver_config.options",),
        "deny",
        "the local driver's options are a mount: type=none,o=bind,device=/ is the node's disk;"
        " NAME is the exact set, KEY=VALUE;KEY=VALUE, sorted by key",
        form="name",
    ),
    Rule(
        "mount.volume-name",
        "service",
        (f"{_M}type", f"{_M}source", f"{_VOLUME}nocopy"),
        "deny",
        "named volumes are global on a node: data of other stacks, also of those whose names are"
        " longer, or a bind mount that somebody made into a volume",
        "mounts.volumes, use.volumes",
    ),
    Rule("mount.npipe", "service", _mount("type"), "always", "the engine's pipe: a Windows node"),
    Rule(
        "mount.cluster",
        "service",
        _mount("type", "source"),
        "deny",
        "cluster volumes of others",
        form="name",
    ),
    Rule("mount.image", "service", _mount("type"), "always", "any image as a file system"),
    Rule(
        "mount.tmpfs",
        "service",
        _mount("type", "tmpfs_options.size_bytes", "tmpfs_options.mode", "tmpfs_options.options"),
        "limit",
        "the node's memory, without bound if no size is given; NAME opens an option (exec, suid)",
        "mounts.tmpfs",
        "name",
    ),
    Rule(
        "mount.docker-files",
        "service",
        _mount("target", "consistency"),
        "allow",
        "hides files of the container itself, nothing of the node",
    ),
)

_CONTAINERS: Final = (
    Rule(
        "cap.add",
        "service",
        _container("capability_add"),
        "deny",
        "kernel modules, the node's disks, other processes; ALL only if it is listed as ALL",
        form="name",
    ),
    Rule(
        "priv.seccomp",
        "service",
        _privileges("seccomp.mode", "seccomp.profile"),
        "deny",
        "system calls that engines filter; NAME is unconfined or custom",
        form="name",
    ),
    Rule(
        "priv.apparmor",
        "service",
        _privileges("apparmor.mode"),
        "deny",
        "no AppArmor profile",
        form="plain",
    ),
    Rule(
        "priv.selinux",
        "service",
        _privileges(
            "selinux_context.disable",
            "selinux_context.user",
            "selinux_context.role",
            "selinux_context.type",
            "selinux_context.level",
        ),
        "deny",
        "no SELinux label, or that of a privileged process",
        form="plain",
    ),
    Rule(
        "priv.no-new-privileges",
        "service",
        _privileges("no_new_privileges"),
        "require",
        "setuid programs of the image",
        'require = ["no-new-privileges"]',
    ),
    Rule(
        "priv.credential-spec",
        "service",
        _privileges("credential_spec.file", "credential_spec.registry", "credential_spec.config"),
        "deny",
        "the identity of a Windows node; files below the engine's folder",
        form="plain",
    ),
    Rule(
        "user.root",
        "service",
        _container("user"),
        "require",
        "root in the container, which makes every other hole larger",
        'require = ["non-root"]',
    ),
    Rule(
        "user.groups",
        "service",
        _container("groups", "user"),
        "deny",
        "with files of the node: its groups docker, disk, shadow",
        form="name",
    ),
    Rule(
        "sysctl",
        "service",
        _container("sysctls"),
        "deny",
        "kernel settings; with the node's network those of the node",
        form="name",
    ),
    Rule(
        "ulimit",
        "service",
        _container("ulimits.name", "ulimits.soft", "ulimits.hard"),
        "deny",
        "memory that is locked, files, core dumps without bound",
        form="at most",
    ),
    Rule(
        "oom",
        "service",
        _container("oom_score_adj"),
        "deny",
        "others are killed first when memory runs out; only below 0",
        form="plain",
    ),
    Rule(
        "isolation",
        "service",
        _container("isolation"),
        "deny",
        "weaker isolation on Windows nodes; NAME is process or hyperv",
        form="name",
    ),
    Rule(
        "image",
        "service",
        _container("image"),
        "deny",
        "any program, from any registry that nodes reach; ids of images name no registry",
        "images",
    ),
    Rule(
        "image.digest",
        "service",
        _container("image"),
        "require",
        "another program under the same tag",
        'require = ["digest"]',
    ),
    Rule(
        "registry-auth",
        "service",
        _container("pull_options.registry_auth"),
        "always",
        "stored credentials are kept by an update: whoever changes the image would pull with them"
        " from another registry",
    ),
    Rule(
        "readonly",
        "service",
        _container("read_only"),
        "require",
        "a file system that can be written to",
        'require = ["read-only"]',
    ),
    Rule(
        "stop.grace",
        "service",
        _container("stop_grace_period"),
        "limit",
        "a node that cannot be drained for hours; 10 minutes at most",
        form="plain",
    ),
    Rule(
        "health",
        "service",
        _container(
            "healthcheck.test",
            "healthcheck.interval",
            "healthcheck.timeout",
            "healthcheck.retries",
            "healthcheck.start_period",
            "healthcheck.start_interval",
        ),
        "limit",
        "load on the node; intervals of 1 second at least",
        form="plain",
    ),
    Rule(
        "device.env",
        "service",
        _container("env"),
        "deny",
        "devices that a default runtime hands over because of a variable",
        form="name",
    ),
    Rule(
        "env.automation",
        "service",
        _container("env"),
        "deny",
        "orders to others who read variables: routes and certificates of a proxy",
        form="name",
    ),
    Rule(
        "env.size",
        "service",
        _container("env", "args", "command"),
        "limit",
        "entries of raft; 64 KiB in all",
        form="plain",
    ),
    Rule(
        "env.template",
        "service",
        _container("env"),
        "allow",
        "names and labels of the task's own node and service, no secrets",
    ),
    Rule(
        "template.work",
        "service",
        (
            *_container("env", "hostname"),
            *_mount("source", "target"),
            f"{_VOLUME}labels",
            f"{_VOLUME}driver_config.options",
        ),
        "limit",
        "managers that expand a template for ever, or until their memory is full: loops,"
        " definitions, variables, formats. Fields and conditions are allowed, 100 in all",
        form="plain",
    ),
    Rule(
        "hosts",
        "service",
        _container(
            "hostname", "hosts", "dns_config.nameservers", "dns_config.search", "dns_config.options"
        ),
        "allow",
        "names within the container; in a network that is shared, see network.alias",
    ),
    Rule(
        "process",
        "service",
        _container("init", "tty", "open_stdin", "dir", "command", "args", "stop_signal"),
        "allow",
        "what happens within the container",
    ),
    Rule(
        "cap.drop", "service", _container("capability_drop"), "allow", "fewer privileges, not more"
    ),
)

CONTAINER_RULES: Final = (*_MOUNTS, *_CONTAINERS)
"""In the order in which a container is judged and explained."""
