"""Which options a stack file of each version may have, and of which type they are: data only.

A version counts by its second number: ``Since(7, …)`` is version 3.7. ``validation.py`` reads this.

Source: docker/cli cli/compose/schema/data, versions 3.0 to 3.13.
"""

import re
from dataclasses import replace
from typing import Final

from swarmwire.stack.schema.kinds import Items, Named, OneOf, Options, Scalar, Schema, Since

_NAMES = re.compile(r"\A[a-zA-Z0-9._-]+\Z")
_LINE = re.compile(r"\A[^\n]+\Z")
_ANY_LINE = re.compile(r"[^\n]")
_LETTERS = re.compile(r"\A[a-z]+\Z")

_text = Scalar(("string",))
_truth = Scalar(("boolean",))
_whole = Scalar(("integer",))
_number = Scalar(("number",))
_duration = Scalar(("string",), format="duration")
_duration_since_4 = replace(_duration, format_since=4)
_texts = Items(_text, unique=True)
_text_or_texts = OneOf((_text, _texts))
_command = OneOf((_text, Items(_text)))
_pairs = OneOf((Named(Scalar(("string", "number", "null")), _ANY_LINE), _texts))
_driver_options = Named(Scalar(("string", "number")), _LINE, is_open=True)
_external = Options({"name": _text}, types=("boolean", "object"))
_open_external = replace(_external, is_open=True)

_reference = OneOf(
    (
        _text,
        Options(
            {"source": _text, "target": _text, "uid": _text, "gid": _text, "mode": _number},
            is_open=True,
        ),
    )
)
_build = OneOf(
    (
        _text,
        Options(
            {
                "context": _text,
                "dockerfile": _text,
                "args": _pairs,
                "cache_from": Since(2, _texts),
                "labels": Since(3, _pairs),
                "network": Since(4, _text),
                "target": Since(4, _text),
                "shm_size": Since(5, Scalar(("integer", "string"))),
                "extra_hosts": Since(9, _pairs),
            },
            open_since=11,
        ),
    )
)
_port_types = ("mode", _text), ("target", _whole), ("published", _whole), ("protocol", _text)
_ports = Items(
    Since(
        2,
        OneOf(
            (
                Scalar(("number",), format="ports"),
                Scalar(("string",), format="ports"),
                Options(dict(_port_types)),
            )
        ),
        before=Scalar(("string", "number"), format="ports"),
    ),
    unique=True,
)
_mount = Options(
    {
        "type": _text,
        "source": _text,
        "target": _text,
        "read_only": _truth,
        "consistency": _text,
        "bind": Options({"propagation": _text}, is_open=True),
        "volume": Options({"nocopy": _truth}, is_open=True),
        "tmpfs": Since(6, Options({"size": Scalar(("integer",), at_least=0)}, is_open=True)),
    },
    required=("type",),
)
_service_networks = OneOf(
    (
        _texts,
        Named(
            OneOf(
                (
                    Options(
                        {
                            "aliases": _texts,
                            "driver_opts": Since(13, _driver_options),
                            "ipv4_address": _text,
                            "ipv6_address": _text,
                        }
                    ),
                    Scalar(("null",)),
                )
            ),
            _NAMES,
        ),
    )
)
_ulimits = Named(
    OneOf((_whole, Options({"hard": _whole, "soft": _whole}, required=("soft", "hard")))),
    _LETTERS,
    is_open=True,
)
_healthcheck = Options(
    {
        "disable": _truth,
        "interval": _duration_since_4,
        "retries": _number,
        "test": _command,
        "timeout": _duration_since_4,
        "start_period": Since(4, _duration),
        "start_interval": Since(12, _duration),
    }
)
_update: dict[str, Schema] = {
    "parallelism": _whole,
    "delay": _duration,
    "failure_action": _text,
    "monitor": _duration,
    "max_failure_ratio": _number,
    "order": Since(4, Scalar(("string",), among=("start-first", "stop-first"))),
}
_generic_resources = Items(
    Options({"discrete_resource_spec": Options({"kind": _text, "value": _number})})
)
_deploy = Options(
    {
        "mode": _text,
        "endpoint_mode": Since(2, _text),
        "replicas": _whole,
        "labels": _pairs,
        "rollback_config": Since(7, Options(_update)),
        "update_config": Options(_update),
        "resources": Options(
            {
                "limits": Options({"cpus": _text, "memory": _text, "pids": Since(9, _whole)}),
                "reservations": Options(
                    {
                        "cpus": _text,
                        "memory": _text,
                        "generic_resources": Since(5, _generic_resources),
                    }
                ),
            }
        ),
        "restart_policy": Options(
            {
                "condition": _text,
                "delay": _duration,
                "max_attempts": _whole,
                "window": _duration,
            }
        ),
        "placement": Options(
            {
                "constraints": Items(_text),
                "preferences": Since(3, Items(Options({"spread": _text}))),
                "max_replicas_per_node": Since(8, _whole),
            }
        ),
    },
    types=("object", "null"),
)
_logging = Options(
    {
        "driver": _text,
        "options": Named(Scalar(("string", "number", "null")), _LINE, is_open=True),
    }
)
_service = Options(
    {
        "build": _build,
        "cap_add": _texts,
        "cap_drop": _texts,
        "cgroup_parent": _text,
        "cgroupns_mode": Since(9, _text),
        "command": _command,
        "configs": Since(3, Items(_reference)),
        "container_name": _text,
        "credential_spec": Since(
            3, Options({"config": Since(8, _text), "file": _text, "registry": _text})
        ),
        "depends_on": _texts,
        "deploy": _deploy,
        "devices": _texts,
        "dns": _text_or_texts,
        "dns_search": _text_or_texts,
        "domainname": _text,
        "entrypoint": _command,
        "env_file": _text_or_texts,
        "environment": _pairs,
        "expose": Items(Scalar(("string", "number")), unique=True),
        "external_links": _texts,
        "extra_hosts": _pairs,
        "healthcheck": _healthcheck,
        "hostname": _text,
        "image": _text,
        "init": Since(7, _truth),
        "ipc": _text,
        "isolation": Since(5, _text),
        "labels": _pairs,
        "links": _texts,
        "logging": _logging,
        "mac_address": _text,
        "network_mode": _text,
        "networks": _service_networks,
        "oom_score_adj": Since(13, _whole),
        "pid": Scalar(("string", "null")),
        "ports": _ports,
        "privileged": _truth,
        "read_only": _truth,
        "restart": _text,
        "secrets": Since(1, Items(_reference)),
        "security_opt": _texts,
        "shm_size": Scalar(("number", "string")),
        "stdin_open": _truth,
        "stop_grace_period": _duration,
        "stop_signal": _text,
        "sysctls": _pairs,
        "tmpfs": _text_or_texts,
        "tty": _truth,
        "ulimits": _ulimits,
        "user": _text,
        "userns_mode": _text,
        "volumes": Since(2, Items(OneOf((_text, _mount))), before=_texts),
        "working_dir": _text,
    },
    extensions_since=7,
)
_network = Options(
    {
        "name": Since(5, _text),
        "driver": _text,
        "driver_opts": _driver_options,
        "ipam": Options({"driver": _text, "config": Items(Options({"subnet": _text}))}),
        "external": _external,
        "internal": _truth,
        "attachable": Since(2, _truth),
        "labels": _pairs,
    },
    types=("object", "null"),
    extensions_since=7,
)
_segments = Items(Options({"segments": _pairs}, is_open=True))
_cluster_volume = Options(
    {
        "group": _text,
        "access_mode": Options(
            {
                "scope": _text,
                "sharing": _text,
                "block_volume": Options({}, is_open=True),
                "mount_volume": Options(
                    {"fs_type": _text, "mount_flags": Items(_text)}, is_open=True
                ),
            },
            is_open=True,
        ),
        "accessibility_requirements": Options(
            {"requisite": _segments, "preferred": _segments}, is_open=True
        ),
        "capacity_range": Options({"required_bytes": _text, "limit_bytes": _text}, is_open=True),
        "availability": _text,
    },
    is_open=True,
)
_volume = Options(
    {
        "name": Since(4, _text),
        "driver": _text,
        "driver_opts": _driver_options,
        "external": _external,
        "labels": _pairs,
        "x-cluster-spec": Since(10, _cluster_volume),
    },
    types=("object", "null"),
    extensions_since=7,
)
_secret = Options(
    {
        "name": Since(5, _text),
        "file": _text,
        "external": _open_external,
        "labels": _pairs,
        "driver": Since(8, _text),
        "driver_opts": Since(8, _driver_options),
        "template_driver": Since(8, _text),
    },
    extensions_since=7,
)
_config = Options(
    {
        "name": Since(5, _text),
        "file": _text,
        "external": _open_external,
        "labels": _pairs,
        "template_driver": Since(8, _text),
    },
    extensions_since=7,
)

STACK: Final = Options(
    {
        "version": _text,
        "services": Named(_service, _NAMES),
        "networks": Named(_network, _NAMES, is_open=True),
        "volumes": Named(_volume, _NAMES),
        "secrets": Since(1, Named(_secret, _NAMES)),
        "configs": Since(3, Named(_config, _NAMES)),
    },
    extensions_since=4,
)
"""A whole stack file."""
