"""Stack files in which every option of every version stands, in each of its forms: 60 of them.

Most are made: each takes options in turn, with values in turn, of those that its version has. What
is about the files as wholes (anchors, variables, several files, refusals) is written by hand, in
``written_files``.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import count
from random import Random
from typing import Any, NamedTuple

from tests.stack.deploying import Case
from tests.stack.written_files import WRITTEN

COUNT = 60
FILES = {
    "a.txt": "secret a\n",
    "sub/b.txt": "b",
    "a.env": "A=from-file\nB='quoted'\n# c\n\nHOME\nX=1 2\nE=\nU=ü\n",
    "b.env": "A=second\nZ=9\n",
}
ENVIRONMENT = {"HOME": "/home/u", "A": "aa", "EMPTY": "", "REPLICAS": "3", "TAG": "1.2", "I": "5"}
# Commands of 20.10 read versions up to 3.9, so that more files have those.
VERSIONS = ("3.9", "3.13", "3.8", "", "3.7", "3.9", "3.12", "3.6", "3.9", "3.11", "3.5", "3.8")
OLDEST = ("3.4", "3.3", "3.10", "3.2", "3.1", "3.0")


NAMES = ("web", "a_b", "x-y", "w-1", "z")
"""How the services of a file begin."""


class Since(NamedTuple):
    """A value that a version is the first to have."""

    version: int
    value: Any


_UPDATES = [
    {"parallelism": 0, "delay": "10s", "failure_action": "pause"},
    {"parallelism": 2, "monitor": "1m30s", "max_failure_ratio": 0.25},
    {"failure_action": "continue", "delay": "0s", "max_failure_ratio": 1},
    Since(4, {"order": "start-first", "monitor": "500ms"}),
    Since(4, {"order": "stop-first", "parallelism": "${I}"}),
]
_REFERENCES = [
    lambda kind: [kind],
    lambda kind: ["ext", {"source": kind}],
    lambda kind: [{"source": kind, "target": "/t", "uid": "103", "gid": "0", "mode": 0o440}],
    lambda kind: [{"source": "ext", "target": "inner", "mode": 292}, kind],
]
_MOUNTS = [
    "/anonymous",
    "data:/data",
    "named:/named:ro",
    "ext:/ext:nocopy",
    "/host/x:/x:rw,rslave",
    "./rel:/rel:z",
    "~/home:/home",
    {"type": "bind", "source": "./b", "target": "/b", "bind": {"propagation": "rshared"}},
    {"type": "bind", "source": "/c", "target": "/c", "read_only": True, "consistency": "cached"},
    {"type": "volume", "source": "data", "target": "/d", "volume": {"nocopy": True}},
    {"type": "volume", "target": "/nothing"},
    {"type": "volume", "source": "ext", "target": "/e", "read_only": False},
    {"type": "tmpfs", "target": "/tm"},
    Since(6, {"type": "tmpfs", "target": "/ts", "tmpfs": {"size": 1048576}}),
    {"type": "npipe", "source": "\\\\.\\pipe\\x", "target": "\\\\.\\pipe\\x"},
    Since(10, {"type": "cluster", "source": "csi", "target": "/cl"}),
]
_PORTS = [
    "80",
    8081,
    "8080:80",
    "53:53/udp",
    "9000-9002:90-92/sctp",
    "0.0.0.0:443:443",
    "127.0.0.1:444:444",
    {"target": 1000, "published": 2000, "protocol": "udp", "mode": "host"},
    {"target": 1001, "mode": "ingress", "published": 2001, "protocol": "tcp"},
    {"target": 1002, "published": 0, "protocol": "tcp"},
]
_LIMITS = [
    {"limits": {"cpus": "0.50", "memory": "50M"}},
    {"limits": {"memory": "1gb"}, "reservations": {"cpus": "0.001", "memory": "20000k"}},
    Since(9, {"limits": {"pids": 100}, "reservations": {"memory": "10000000b"}}),
    Since(
        5,
        {
            "reservations": {
                "generic_resources": [
                    {"discrete_resource_spec": {"kind": "gpu", "value": 2}},
                    {"discrete_resource_spec": {"kind": "SSD", "value": 0}},
                ]
            }
        },
    ),
]

DEPLOY: dict[str, list[Any]] = {
    "mode": ["replicated", "global", Since(3, "replicated")],
    "endpoint_mode": [Since(2, "vip"), Since(2, "dnsrr")],
    "replicas": [0, 3, "${REPLICAS}"],
    "labels": [{"a.b": "c", "n": 5, "none": None}, ["x=y", "alone", "z="], {"o": 0o777}],
    "update_config": _UPDATES,
    "rollback_config": [
        each
        if isinstance(each, Since) and each.version > 7
        else Since(7, getattr(each, "value", each))
        for each in _UPDATES
    ],
    "resources": _LIMITS,
    "restart_policy": [
        {"condition": "on-failure", "delay": "5s", "max_attempts": 3, "window": "120s"},
        {"condition": "none"},
        {"condition": "any", "max_attempts": 0},
        {"delay": "1.5s"},
    ],
    "placement": [
        {"constraints": ["node.role == manager", "node.labels.zone!=a"]},
        Since(3, {"preferences": [{"spread": "node.labels.zone"}, {"spread": "node.labels.b"}]}),
        Since(8, {"max_replicas_per_node": 2, "constraints": []}),
    ],
}

SERVICE: dict[str, list[Any]] = {
    "build": [
        ".",
        {"context": ".", "dockerfile": "D", "args": {"A": 1, "B": None}},
        Since(2, {"context": ".", "cache_from": ["a", "b"]}),
        Since(3, {"labels": ["a=b"], "args": ["C=1", "D"]}),
        Since(4, {"network": "host", "target": "t"}),
        Since(5, {"shm_size": "1g"}),
        Since(9, {"extra_hosts": ["a:1.2.3.4"]}),
        Since(11, {"context": ".", "ssh": ["default"]}),
    ],
    "cap_add": [["NET_ADMIN", "sys_time"], ["ALL"], ["CAP_KILL"]],
    "cap_drop": [["ALL"], ["MKNOD", "KILL"]],
    "cgroup_parent": ["/c"],
    "cgroupns_mode": [Since(9, "host")],
    "command": ["sh -c 'echo $$HOME' \"a b\"", ["a", "b c", "$$5"], "", [], "x=${A} y"],
    "configs": [Since(3, each("conf")) for each in _REFERENCES],
    "container_name": ["c"],
    "credential_spec": [
        Since(3, {"file": "spec.json"}),
        Since(3, {"registry": "key"}),
        Since(8, {"config": "conf"}),
    ],
    "depends_on": [["other"], []],
    "devices": [["/dev/x:/dev/y"]],
    "dns": ["8.8.8.8", ["10.0.0.1", "::1"]],
    "dns_search": ["example.com", ["a.example.com", "b"]],
    "domainname": ["d.example.com"],
    "entrypoint": ["/bin/sh -c", ["/e", "f"], []],
    "env_file": ["a.env", ["./a.env", "b.env"], []],
    "environment": [
        {"B": 1, "A": "x y", "NONE": None, "HOME": None, "T": "true", "F": 1.5, "D": "$$5"},
        ["Z=1", "A=", "HOME", "NOWHERE", "A=2", "W== x"],
        {"V": "${A:-b}", "W": "${NOPE:-def}", "X": "${EMPTY-x}${EMPTY:-y}", "Y": "$A$TAG"},
        {},
    ],
    "expose": [[80, "81"], ["3000-3005"]],
    "external_links": [["a:b"]],
    "extra_hosts": [["a:1.2.3.4", "b:::1"], {"z": "1.2.3.4", "y": "5.6.7.8"}, []],
    "healthcheck": [
        {"test": "curl -f http://localhost", "interval": "1m30s", "retries": 3},
        {"test": ["CMD", "true"], "timeout": "500ms"},
        {"test": ["CMD-SHELL", "a || b"], "interval": "10s"},
        {"test": ["NONE"]},
        {"disable": True},
        Since(4, {"test": ["CMD", "a"], "start_period": "10s", "timeout": "1m"}),
        Since(12, {"test": ["CMD", "a"], "start_interval": "1s", "start_period": "10s"}),
        {},
    ],
    "hostname": ["h", "{{.Node.Hostname}}-{{.Task.Slot}}"],
    "image": ["nginx", "nginx:${TAG}", "reg.example.com:5000/a/b:tag", f"x@sha256:{'a' * 64}"],
    "init": [Since(7, True), Since(7, False)],
    "ipc": ["host"],
    "isolation": [Since(5, "default"), Since(5, "hyperv")],
    "labels": [{"a": "b", "n": 1, "none": None}, ["t.r=Host(`x`)", "alone"], []],
    "links": [["other"]],
    "logging": [
        {"driver": "json-file", "options": {"max-size": "10m", "max-file": 3, "empty": None}},
        {"driver": "none"},
        {"options": {"a": "b"}},
        {},
    ],
    "mac_address": ["02:42:ac:11:65:43"],
    "network_mode": ["host"],
    "networks": [
        ["front"],
        ["front", "back", "default"],
        {"front": {"aliases": ["www", "w"]}, "ext": None},
        {"back": {"ipv4_address": "10.0.0.5", "ipv6_address": "::5"}, "default": {}},
        ["host"],
        Since(13, {"front": {"driver_opts": {"com.docker.network.ifname": "x", "n": 1}}}),
        [],
    ],
    "oom_score_adj": [Since(13, -500), Since(13, 0)],
    "pid": ["host", None],
    "ports": [],
    "privileged": [True],
    "read_only": [True, False],
    "restart": ["always", "no", "unless-stopped", "on-failure:3", ""],
    "secrets": [Since(1, each("key")) for each in _REFERENCES],
    "security_opt": [["label=x"]],
    "shm_size": ["64M"],
    "stdin_open": [True, False],
    "stop_grace_period": ["1m", "0s", "1h2m3.5s"],
    "stop_signal": ["SIGQUIT", "9"],
    "sysctls": [{"net.core.somaxconn": 1024, "x": "y"}, ["net.ipv4.tcp_syncookies=0"]],
    "tmpfs": ["/run", ["/run", "/tmp:size=64m"]],
    "tty": [True, False],
    "ulimits": [{"nproc": 65535, "nofile": {"soft": 20000, "hard": 40000}}, {"core": -1}],
    "user": ["1000:1000", "${HOME}"],
    "userns_mode": ["host"],
    "volumes": [],
    "working_dir": ["/srv", "rel"],
    "x-own": [Since(7, {"any": [1, None]})],
}

NETWORKS: dict[str, list[Any]] = {
    "front": [
        {},
        None,
        {"driver": "overlay", "driver_opts": {"encrypted": "", "mtu": 1450}},
        Since(2, {"attachable": True, "labels": ["a=b"]}),
        Since(5, {"name": "front-${A}"}),
        Since(7, {"x-own": 1, "internal": True}),
    ],
    "back": [
        {"internal": True, "labels": {"a": "b", "n": 1}},
        {"ipam": {"driver": "default", "config": [{"subnet": "10.9.0.0/24"}]}},
        {"ipam": {"config": [{"subnet": "10.1.0.0/16"}, {"subnet": "fd00::/64"}]}},
        {"driver": "overlay", "ipam": {}},
    ],
    "ext": [
        {"external": True},
        {"external": {"name": "outer"}},
        Since(5, {"external": True, "name": "o2"}),
    ],
    "host": [{"external": {"name": "host"}}, Since(5, {"external": True, "name": "host"})],
    "default": [None, {"driver": "overlay", "labels": {"x": "y"}}, {"external": {"name": "d"}}],
}
VOLUMES: dict[str, list[Any]] = {
    "data": [
        None,
        {"driver": "local", "driver_opts": {"type": "nfs", "o": "addr=1.2.3.4", "n": 3}},
        {"labels": ["a=b", "c"]},
        Since(7, {"x-own": None, "driver": "d"}),
    ],
    "named": [{}, Since(4, {"name": "v-${TAG}", "labels": {"a": 1}})],
    "ext": [
        {"external": True},
        {"external": {"name": "v"}},
        Since(4, {"external": True, "name": "v2"}),
    ],
    "csi": [
        {"external": True},
        Since(
            10,
            {
                "driver": "csi",
                "x-cluster-spec": {
                    "group": "g",
                    "access_mode": {
                        "scope": "single",
                        "sharing": "none",
                        "block_volume": {},
                        "mount_volume": {"fs_type": "ext4", "mount_flags": ["a"]},
                    },
                    "accessibility_requirements": {
                        "requisite": [{"segments": {"a": "b"}}],
                        "preferred": [{"segments": ["c=d"]}],
                    },
                    "capacity_range": {"required_bytes": "1G", "limit_bytes": "2G"},
                    "availability": "active",
                },
            },
        ),
    ],
}
SECRETS: dict[str, list[Any]] = {
    "key": [
        {"file": "./a.txt"},
        {"file": "sub/b.txt", "labels": {"a": "b"}},
        Since(5, {"file": "a.txt", "name": "key-${TAG}"}),
        Since(8, {"driver": "vault", "driver_opts": {"a": "b", "n": 1}, "labels": ["c=d"]}),
        Since(8, {"file": "a.txt", "template_driver": "golang"}),
        Since(7, {"file": "a.txt", "x-own": {}}),
    ],
    "ext": [
        {"external": True},
        {"external": {"name": "old"}},
        Since(5, {"external": True, "name": "real"}),
    ],
}
CONFIGS: dict[str, list[Any]] = {
    "conf": [
        {"file": "./sub/b.txt"},
        {"file": "a.txt", "labels": ["a=b", "c"]},
        Since(5, {"file": "a.txt", "name": "c-named"}),
        Since(8, {"file": "a.txt", "template_driver": "golang"}),
        Since(7, {"file": "a.txt", "x-own": "y"}),
    ],
    "ext": SECRETS["ext"],
}


class Turns:
    """Values in turn: each of a list comes before one comes again."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._left: dict[str, list[Any]] = {}

    def next(self, name: str, values: list[Any], version: int) -> Any:
        """The next value that a version has, or a refusal to give one: ``Turns``."""
        for _ in range(2):
            left = self._left.setdefault(name, [])
            for value in left:
                first, plain = value if isinstance(value, Since) else (0, value)
                if first <= version:
                    left.remove(value)
                    return plain
            again = list(values)
            self._random.shuffle(again)
            left.extend(again)
        return Turns


def _options(
    turns: Turns, prefix: str, pool: dict[str, list[Any]], names: list[str], version: int
) -> dict[str, Any]:
    found = {name: turns.next(f"{prefix}.{name}", pool[name], version) for name in names}
    return {name: value for name, value in found.items() if value is not Turns}


def _several(turns: Turns, name: str, values: list[Any], version: int, number: int) -> list[Any]:
    found = [turns.next(name, values, version) for _ in range(number)]
    unique = {json.dumps(each): each for each in found if each is not Turns}
    return list(unique.values())


def _service(random: Random, turns: Turns, options: list[str], version: int) -> dict[str, Any]:
    names = [options.pop() for _ in range(min(9, len(options)))]
    service = _options(turns, "service", SERVICE, sorted({"image", *names}), version)
    if random.random() < 0.8:
        deploy = random.sample(sorted(DEPLOY), 4)
        service["deploy"] = _options(turns, "deploy", DEPLOY, deploy, version)
        if service["deploy"].get("mode") == "global":
            service["deploy"].pop("replicas", None)
    elif random.random() < 0.3:
        service["deploy"] = None
    for name, pool in (("ports", _PORTS), ("volumes", _MOUNTS)):
        # Versions before have short forms only.
        fitting = [each for each in pool if version >= 2 or not isinstance(each, dict)]
        if random.random() < 0.8:
            service[name] = _several(turns, f"{name}{version >= 2}", fitting, version, 3)
    if service.get("healthcheck") == {"disable": True} and random.random() < 0.5:
        service["healthcheck"]["retries"] = 0
    # What a credential spec refers to, the service has.
    if service.get("credential_spec") == {"config": "conf"}:
        service["configs"] = ["conf"]
    return service


def _made(
    number: int, version: str, random: Random, turns: Turns, names: Sequence[str] = NAMES
) -> dict[str, Any]:
    minor = int(version.partition(".")[2]) if version else 13
    options = [name for name in SERVICE if name not in {"image", "ports", "volumes"}]
    random.shuffle(options)
    document: dict[str, Any] = {"version": version} if version else {}
    document["services"] = {
        f"{name}{number}": _service(random, turns, options, minor) for name in names
    }
    sections = {"networks": NETWORKS, "volumes": VOLUMES}
    if minor >= 1:
        sections["secrets"] = SECRETS
    if minor >= 3:
        sections["configs"] = CONFIGS
    for section, pool in sections.items():
        document[section] = _options(turns, section, pool, list(pool), minor)
    specs = [one.get("credential_spec") for one in document["services"].values()]
    if {"config": "conf"} in specs:
        # A spec is looked for by the name that a config has by default.
        document.get("configs", {})["conf"] = {"file": "a.txt"}
    if minor >= 4:
        document["x-top"] = {"any": ["thing", 1, None]}
    return document


def _deployable(document: dict[str, Any]) -> dict[str, Any]:
    """Without what a manager refuses: ports that are taken, or go without addresses; drivers."""
    taken: set[str] = set()
    for service in document["services"].values():
        if "ports" in service:
            is_alone = (service.get("deploy") or {}).get("endpoint_mode") == "dnsrr"
            ports = [] if is_alone else [json.dumps(each) for each in service["ports"]]
            service["ports"] = [json.loads(each) for each in ports if each not in taken]
            taken.update(ports)
    if "driver" in document.get("secrets", {}).get("key", {}):
        document["secrets"]["key"] = {"file": "a.txt"}
    return document


def _written(document: dict[str, Any], random: Random) -> Case:
    return Case(("\n".join(_block(document, random)) + "\n",), FILES, ENVIRONMENT, "st")


_PLAIN = re.compile(r"[a-z/][a-z0-9_./-]*\Z")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def _scalar(value: Any, random: Random) -> str:
    if isinstance(value, str):
        if _PLAIN.match(value) and value not in _WORDS and random.random() < 0.7:
            return value
        quoted = "'" + value.replace("'", "''") + "'"
        return quoted if random.random() < 0.4 else json.dumps(value)
    if value is None:
        return random.choice(["null", "~", ""])
    return json.dumps(value)


def _flow(value: Any, random: Random) -> str:
    if isinstance(value, dict):
        inner = (f"{_key(key, random)}: {_flow(one, random)}" for key, one in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one, random) or "~" for one in value) + "]"
    return _scalar(value, random) or "~"


def _key(key: str, random: Random) -> str:
    return _scalar(key, random)


def _block(value: Any, random: Random) -> Iterator[str]:
    """The lines of a mapping or list."""
    items = value.items() if isinstance(value, dict) else zip(count(), value, strict=False)
    for key, entry in items:
        lead = "- " if isinstance(value, list) else f"{_key(key, random)}: "
        is_nested = isinstance(entry, dict | list) and entry
        if is_nested and (isinstance(value, dict) and random.random() < 0.7):
            yield lead.rstrip()
            yield from (f"  {line}" for line in _block(entry, random))
        else:
            yield (lead + (_flow(entry, random))).rstrip()


def _versions() -> Iterator[str]:
    while True:
        yield from VERSIONS
        yield from OLDEST
        yield from VERSIONS


def stack_files() -> list[Case]:
    """All files: the same each time."""
    random = Random(10)
    turns = Turns(random)
    made = COUNT - len(WRITTEN)
    versions = _versions()
    return [
        *WRITTEN,
        *(_written(_made(number, next(versions), random, turns), random) for number in range(made)),
    ]


def deployable_files(count: int, services: int = len(NAMES)) -> list[Case]:
    """Other files, which a manager takes; externals have to be there."""
    names = [f"{NAMES[number % len(NAMES)]}{number}n" for number in range(services)]
    random = Random(11)
    turns = Turns(random)
    versions = _versions()
    return [
        _written(_deployable(_made(number, next(versions), random, turns, names)), random)
        for number in range(count)
    ]


EXTERNAL = {
    "networks": ("d", "ext", "o2", "outer"),
    "secrets": ("ext", "old", "real"),
    "configs": ("ext", "old", "real"),
}
"""The names of external objects in all these files; networks of the host aside."""
