"""The merged and interpolated file, as ``docker stack config`` prints it.

Source: docker/cli cli/command/stack/config.go; cli/compose/types/types.go, for which options are
printed, in which order and in which form.
"""

from typing import Any, Final

from swarmwire.stack.forms.leaves import Reading
from swarmwire.stack.forms.unsent import UNSENT
from swarmwire.stack.loading import Stack
from swarmwire.stack.places import Located, plain
from swarmwire.stack.schema.validation import version_of
from swarmwire.stack.texts.go_values import duration_text
from swarmwire.stack.yaml.writing import in_order, write_yaml

_DURATIONS: Final = frozenset(
    {
        *("delay", "interval", "monitor", "start_interval", "start_period", "stop_grace_period"),
        *("timeout", "window"),
    }
)
_SIZES: Final = frozenset({"limit_bytes", "memory", "required_bytes"})
_NAMED: Final = frozenset(
    {
        *("args", "driver_opts", "environment", "labels", "networks", "options", "segments"),
        *("sysctls", "ulimits"),
    }
)
"""Mappings whose keys are names."""

_SHOWN_EMPTY: Final = frozenset(
    {
        *("access_mode", "accessibility_requirements", "bind", "block_volume", "capacity_range"),
        *("discrete_resource_spec", "healthcheck", "init", "interval", "kind", "limits", "logging"),
        *("max_attempts", "mode", "mount_volume", "parallelism", "replicas", "reservations"),
        *("restart_policy", "retries", "rollback_config", "start_interval", "start_period"),
        *("stop_grace_period", "timeout", "tmpfs", "update_config", "value", "volume", "window"),
        "x-cluster-spec",
    }
)
"""Options that are printed though they are empty or zero, because they were given."""

_HIDDEN_EMPTY: Final = frozenset({("deploy", "mode"), ("ports entry", "mode")})
"""Options that have the name of one that is, and are not."""

_ROLL_OUTS: Final = frozenset({"update_config", "rollback_config"})
"""Where durations of zero are not printed."""

_ORDER: Final[dict[str, tuple[str, ...]]] = {
    "services": (
        *("build", "cap_add", "cap_drop", "cgroupns_mode", "cgroup_parent", "command", "configs"),
        *("container_name", "credential_spec", "depends_on", "deploy", "devices", "dns"),
        *("dns_search", "domainname", "entrypoint", "environment", "env_file", "expose"),
        *("external_links", "extra_hosts", "hostname", "healthcheck", "image", "init", "ipc"),
        *("isolation", "labels", "links", "logging", "mac_address", "network_mode", "networks"),
        *("pid", "ports", "privileged", "read_only", "restart", "secrets", "security_opt"),
        *("shm_size", "stdin_open", "stop_grace_period", "stop_signal", "sysctls", "tmpfs", "tty"),
        *("ulimits", "user", "userns_mode", "volumes", "working_dir"),
    ),
    "networks": (
        *("name", "driver", "driver_opts", "ipam", "external", "internal", "attachable", "labels"),
    ),
    "volumes": ("name", "driver", "driver_opts", "external", "labels", "x-cluster-spec"),
    "secrets": (
        *("name", "file", "external", "labels", "driver", "driver_opts", "template_driver"),
    ),
    "deploy": (
        *("mode", "replicas", "labels", "update_config", "rollback_config", "resources"),
        *("restart_policy", "placement", "endpoint_mode"),
    ),
    "healthcheck": (
        *("test", "timeout", "interval", "retries", "start_period", "start_interval", "disable"),
    ),
    "placement": ("constraints", "preferences", "max_replicas_per_node"),
    "ports entry": ("mode", "target", "published", "protocol"),
}
"""Where it is not the order of the forms."""
_ORDER["configs"] = _ORDER["secrets"]


def config_text(loaded: Stack) -> str:
    """The merged file with all variables replaced, in long forms, as YAML.

    Paths are absolute, contents of secrets and configs are not read.
    """
    sections = loaded.sections._asdict()
    whole: dict[str, Any] = {"version": version_of(loaded.roots[0]), "services": {}}
    for section in ("services", "networks", "volumes", "secrets", "configs"):
        objects = {
            name: _object(section, name, one, loaded.roots)
            for name, one in sections[section].items()
        }
        if objects or section == "services":
            whole[section] = in_order(objects)
    return write_yaml(whole | _extensions(loaded.roots[0]))


def _object(section: str, name: str, one: Located, roots: tuple[Located, ...]) -> dict[str, Any]:
    given = [
        root.value[section].value[name]
        for root in roots
        if section in root.value and name in (root.value[section].value or {})
    ]
    options = dict(one.value)
    if section == "services":
        unsent: Located | None = None
        for each in given:
            unsent = UNSENT.merge(unsent, UNSENT.normalise(each, "", Reading()))
        options |= {} if unsent is None else unsent.value
    else:
        given = given[-1:]
    extensions: dict[str, Any] = {}
    for each in given:
        extensions |= _extensions(each)
    return _record(section, options) | in_order(extensions)


def _extensions(located: Located) -> dict[str, Any]:
    value = located.value if isinstance(located.value, dict) else {}
    found = {
        key: _sorted(plain(entry))
        for key, entry in value.items()
        if isinstance(key, str) and key.startswith("x-") and key != "x-cluster-spec"
    }
    return in_order(found)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return in_order({key: _sorted(entry) for key, entry in value.items()})
    return [_sorted(entry) for entry in value] if isinstance(value, list) else value


def _record(name: str, options: dict[str, Located]) -> dict[str, Any]:
    order = _ORDER.get(name, ())
    ranked = {option: place for place, option in enumerate(order)}
    found: dict[str, Any] = {"kind": "", "value": 0} if name == "discrete_resource_spec" else {}
    for option in sorted(options, key=lambda option: ranked.get(option, len(ranked))):
        value = _value(option, options[option], name)
        is_kept = option in _SHOWN_EMPTY and (name, option) not in _HIDDEN_EMPTY
        if (is_kept and value is not None) or value not in ("", 0, None, [], {}):
            found[option] = value
    return found


def _value(option: str, located: Located, within: str) -> Any:
    value = located.value
    if option == "external":
        return value["external"].value if isinstance(value, dict) else value
    if option in _DURATIONS and isinstance(value, int):
        return duration_text(value) if value or within not in _ROLL_OUTS else 0
    if option in _SIZES and isinstance(value, int):
        return str(value) if value else 0
    if isinstance(value, dict):
        if option in _NAMED:
            return in_order({key: _entry(option, entry) for key, entry in value.items()})
        return _record(option, value)
    if isinstance(value, list):
        return [
            _record(f"{option} entry", one.value) if isinstance(one.value, dict) else one.value
            for one in value
        ]
    return value


def _entry(option: str, located: Located) -> Any:
    value = located.value
    if not isinstance(value, dict):
        return value
    if option == "ulimits" and "single" in value and value["single"].value:
        return value["single"].value
    return _record(f"{option} entry", value)
