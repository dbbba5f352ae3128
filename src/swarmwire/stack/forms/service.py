"""The normal form of a service.

Source: docker/cli cli/compose/types/types.go, ServiceConfig; cli/compose/loader/loader.go.
"""

from typing import Final

from swarmwire.stack.forms.leaves import Duration, Number, Ratio, Size, Text, TextMap, Texts, Truth
from swarmwire.stack.forms.records import KeyedRecords, NamedRecords, Record, Records
from swarmwire.stack.forms.service_parts import (
    Hosts,
    Logging,
    Ports,
    Ulimit,
    long_networks,
    long_reference,
    long_volume,
    merged_network,
)
from swarmwire.stack.texts.shell_words import split_words

_text, _truth, _texts = Text(), Truth(), Texts()
_duration, _size = Duration(), Size()
_pairs, _driver_options = TextMap(), TextMap(lists=False)
_counted = Number("uint64", overrides=True)
_text_or_texts = Texts(lambda text: [text], kind="string list")
_command = Texts(split_words, replaces=True)

_references = KeyedRecords(
    Record(
        {
            "source": _text,
            "target": _text,
            "uid": _text,
            "gid": _text,
            "mode": Number("uint32"),
        },
        names={"uid": "UID", "gid": "GID"},
        short=long_reference,
    ),
    "source",
    "",
)
_volumes = KeyedRecords(
    Record(
        {
            "type": _text,
            "source": _text,
            "target": _text,
            "read_only": _truth,
            "consistency": _text,
            "bind": Record({"propagation": _text}),
            "volume": Record({"nocopy": _truth, "subpath": _text}, names={"nocopy": "nocopy"}),
            "tmpfs": Record({"size": Number("int64")}),
        },
        short=long_volume,
    ),
    "target",
    "",
)
_ports = Ports(
    Record(
        {
            "mode": _text,
            "target": Number("uint32"),
            "published": Number("uint32"),
            "protocol": _text,
        }
    ),
    "published",
    0,
)
_networks = NamedRecords(
    Record(
        {
            "aliases": _texts,
            "driver_opts": _driver_options,
            "ipv4_address": _text,
            "ipv6_address": _text,
        }
    ),
    short=long_networks,
    combine=merged_network,
)
_update = Record(
    {
        "parallelism": _counted,
        "delay": _duration,
        "failure_action": _text,
        "monitor": _duration,
        "max_failure_ratio": Ratio(),
        "order": _text,
    }
)
_discrete = Record({"kind": _text, "value": Number("int64")})
_generic_resources = Records(Record({"discrete_resource_spec": _discrete}))
_resources = Record(
    {
        "limits": Record(
            {"cpus": _text, "memory": _size, "pids": Number("int64")},
            names={"cpus": "cpus", "memory": "memory", "pids": "pids"},
        ),
        "reservations": Record(
            {"cpus": _text, "memory": _size, "generic_resources": _generic_resources},
            names={"cpus": "cpus", "memory": "memory"},
        ),
    }
)
_deploy = Record(
    {
        "mode": _text,
        "replicas": _counted,
        "labels": _pairs,
        "update_config": _update,
        "rollback_config": _update,
        "resources": _resources,
        "restart_policy": Record(
            {
                "condition": _text,
                "delay": _duration,
                "max_attempts": _counted,
                "window": _duration,
            }
        ),
        "placement": Record(
            {
                "constraints": _texts,
                "preferences": Records(Record({"spread": _text})),
                "max_replicas_per_node": Number("uint64"),
            }
        ),
        "endpoint_mode": _text,
    }
)
_healthcheck = Record(
    {
        "test": Texts(lambda text: ["CMD-SHELL", text], kind="healthcheck.test"),
        "timeout": _duration,
        "interval": _duration,
        "retries": _counted,
        "start_period": _duration,
        "start_interval": _duration,
        "disable": _truth,
    }
)

SERVICE: Final = Record(
    {
        "cap_add": _texts,
        "cap_drop": _texts,
        "command": _command,
        "configs": _references,
        "credential_spec": Record({"config": _text, "file": _text, "registry": _text}),
        "deploy": _deploy,
        "dns": _text_or_texts,
        "dns_search": _text_or_texts,
        "domainname": _text,
        "entrypoint": _command,
        "environment": TextMap(keeps_null=True),
        "env_file": _text_or_texts,
        "extra_hosts": Hosts(),
        "hostname": _text,
        "healthcheck": _healthcheck,
        "image": _text,
        "init": _truth,
        "isolation": _text,
        "labels": _pairs,
        "logging": Logging({"driver": _text, "options": _driver_options}),
        "networks": _networks,
        "ports": _ports,
        "read_only": _truth,
        "restart": _text,
        "secrets": _references,
        "shm_size": _text,
        "stdin_open": _truth,
        "stop_grace_period": _duration,
        "stop_signal": _text,
        "sysctls": _pairs,
        "tty": _truth,
        "ulimits": NamedRecords(Ulimit()),
        "user": _text,
        "volumes": _volumes,
        "working_dir": _text,
    },
    names={"dns": "DNS", "healthcheck": "HealthCheck", "domainname": "domainname"},
)
"""What becomes part of a service in a swarm; the rest of a service is read and dropped."""
