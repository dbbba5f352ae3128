"""Stack files: everything that becomes of them otherwise than they say, at its place."""

import json
from pathlib import Path

import pytest

from swarmwire import stack
from swarmwire.check import Finding
from swarmwire.check.stack import check_stack
from swarmwire.errors import ConvertError, UnknownRelease
from tests.stack.support import DIRECTORY, folder

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
VECTORS = [
    json.loads(line)
    for line in (ROOT / "tests/vectors/stack.jsonl").read_text(encoding="utf-8").splitlines()
]


def found(*texts, environment=None, files=None, **options) -> list[Finding]:
    return check_stack(
        [stack.File(f"{number}.yml", text) for number, text in enumerate(texts)],
        environment=environment or {},
        read=folder(files or {}),
        directory=DIRECTORY,
        **options,
    )


def told(*texts, **options):
    return [(one.severity, one.path, one.code) for one in found(*texts, **options)]


def of_case(name):
    return found((CASES / f"{name}.yml").read_text(encoding="utf-8"))


def service(options: str) -> str:
    return f"services:\n  a:\n    image: x:1\n    {options}\n"


def test_what_the_docker_command_warns_of_is_told():
    findings = of_case("14-stack-warnings")
    assert [(one.line, one.column, one.path) for one in findings] == [
        (5, 5, "services.a.privileged"),
        (6, 5, "services.a.devices"),
        (7, 5, "services.a.restart"),
        (8, 5, "services.a.container_name"),
    ]
    assert [one.rule for one in findings] == [
        "Ignoring unsupported options: privileged",
        "Ignoring unsupported options: devices",
        "Ignoring unsupported options: restart, and using it all the same",
        "Ignoring deprecated options: container_name: Setting the container name is not supported.",
    ]
    assert [one.severity for one in findings] == ["lost", "lost", "hint", "lost"]
    assert {one.source for one in findings} == {"docker-command"}


def test_a_network_with_a_name_of_its_own_may_be_taken():
    (finding,) = of_case("15-stack-network-name")
    assert (finding.severity, finding.path, finding.line) == ("hint", "networks.n.name", 5)
    assert "failed to create network foreignnet" in finding.rule


def test_hazards_stand_at_the_option_that_makes_them():
    dir_, memory = of_case("16-stack-creation-hazard")
    assert (dir_.path, dir_.line, dir_.column) == ("services.a.working_dir", 3, 27)
    assert "the working directory 'rel/dir' is invalid" in dir_.rule
    assert memory.path == "services.b.deploy.resources.limits.memory"
    assert (memory.rule, memory.line) == ("Minimum memory limit allowed is 6MB", 4)
    assert {(one.severity, one.source) for one in (dir_, memory)} == {("error", "worker")}


@pytest.mark.parametrize("number", range(0, len(VECTORS), 4))
def test_it_refuses_what_the_docker_command_refuses(number):
    case = VECTORS[number]
    findings = check_stack(
        [stack.File(f"{index}.yml", text) for index, text in enumerate(case["files"])],
        environment=case["env"],
        read=folder(case["extra"]),
        directory=DIRECTORY,
        name=case["stack"],
    )
    refused = [one for one in findings if (one.severity, one.source) == ("error", "docker-command")]
    assert bool(refused) is ("error" in case["want"])
    for one in findings:
        lines = case["files"][int(one.file[0])].split("\n")
        assert 1 <= one.line <= len(lines) + 1
        assert one.column >= 1


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ("tmpfs: /run", "services.a.tmpfs"),
        ("depends_on: [b]", "services.a.depends_on"),
        ("dns: [nowhere, 1.1.1.1]", "services.a.dns[0]"),
        ("extra_hosts: [bad]", "services.a.extra_hosts[0]"),
        ("environment: [A=1, A=2]", "services.a.environment[0]"),
        ("cap_add: [NET_ADMIN]\n    cap_drop: [CAP_NET_ADMIN]", "services.a.cap_drop[0]"),
        (
            "volumes: [{type: tmpfs, target: /x, tmpfs: {size: 1048576, mode: 0700}}]",
            "services.a.volumes[0].tmpfs.mode",
        ),
        (
            "volumes: [{type: bind, source: /s, target: /x, bind: {create_host_path: false}}]",
            "services.a.volumes[0].bind.create_host_path",
        ),
        (
            "restart: always\n    deploy: {restart_policy: {condition: any}}",
            "services.a.restart",
        ),
        (
            "networks: {default: {ipv4_address: 10.0.0.2}}",
            "services.a.networks.default.ipv4_address",
        ),
        (
            "labels: {com.docker.stack.namespace: other}",
            "services.a.labels.com.docker.stack.namespace",
        ),
        ("healthcheck: {disable: true, interval: 3s}", "services.a.healthcheck.interval"),
    ],
)
def test_what_is_dropped_silently_is_found(options, path):
    lost = [one for one in found(service(options)) if one.severity == "lost"]
    assert [one.path for one in lost] == [path]


@pytest.mark.parametrize(
    "options",
    [
        "healthcheck: {disable: false, test: [CMD, a]}",
        "x-anything: {a: 1}",
        "deploy: {}",
        "stop_grace_period: 1m30s",
        "ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}",
        "command: echo a b",
        (
            "configs: [{source: c, target: /t, mode: 0440}]\n"
            "configs: {c: {external: true, name: other}}"
        ),
        "volumes: ['vol:/v']\nvolumes: {vol: {driver: local, driver_opts: {a: b}, name: w}}",
        "volumes: ['/v', './v:/w:ro']",
        "networks: [n]\nnetworks: {n: {external: {name: m}}}",
        "env_file: e.env",
        (
            "deploy: {mode: global, placement: {constraints: [node.role==worker],"
            " preferences: [{spread: node.id}]}}"
        ),
        "logging: {driver: json-file, options: {max-size: 1m}}",
    ],
)
def test_what_is_kept_is_not_told(options):
    findings = found(service(options), files={"e.env": "A=1\n"})
    assert [one for one in findings if one.severity != "hint"] == []


def test_a_later_file_that_says_otherwise_drops_nothing():
    base = service("environment: {A: '1'}\n    ports: ['80:80']\n    labels: {x: '1'}")
    over = "services: {a: {image: y, environment: [A=2], labels: {x: '2'}}}"
    assert told(base, over) == []
    # of logging, a later file's options are lost where the earlier file has none
    base = service("logging: {driver: json-file}")
    over = "services: {a: {logging: {options: {max-size: 1m}}}}"
    (finding,) = found(base, over)
    assert (finding.file, finding.path) == ("1.yml", "services.a.logging")


def test_references_lead_somewhere_and_all_are_told():
    text = service("networks: [n]\n    secrets: [s]\n    volumes: ['vol:/v']")
    findings = found(text)
    assert [(one.path, one.rule) for one in findings] == [
        ("services.a.networks[0]", 'service a: undefined network "n"'),
        ("services.a.secrets[0]", 'service a: undefined secret "s"'),
        ("services.a.volumes[0]", 'service a: undefined volume "vol"'),
    ]
    assert {one.severity for one in findings} == {"error"}


def test_what_nobody_uses_is_told():
    text = service("init: true") + (
        "networks: {n: }\nvolumes: {v: }\nsecrets: {s: {file: s.txt}}\n"
        "configs: {c: {external: true}}\n"
    )
    findings = found(text, files={"s.txt": "hidden"})
    assert [(one.severity, one.path, one.code) for one in findings] == [
        ("hint", path, "unused-object")
        for path in ("networks.n", "volumes.v", "secrets.s", "configs.c")
    ]


def test_ports_are_used_once_in_a_stack():
    text = """\
services:
  a: {image: x, ports: ["80:80", "53:53/udp"]}
  b: {image: x, ports: ["53:53", {target: 1, published: 80, mode: host}]}
  c: {image: x, ports: [{target: 1, published: 9, mode: host}]}
  d: {image: x, ports: [{target: 1, published: 9, mode: host}]}
"""
    refused, hint = found(text)
    assert refused.rule == "port '80' is already in use by service 'stack_a' as an ingress port"
    assert (refused.severity, refused.source) == ("error", "manager")
    assert (refused.path, refused.line) == ("services.b.ports[1]", 3)
    assert (hint.severity, hint.source, hint.line) == ("hint", "scheduler", 5)


def test_variables_that_are_unset_are_told_unless_there_is_a_default():
    text = service("command: [$SET, '${UNSET}', '${OTHER:-x}', '$$NONE']")
    findings = found(text, environment={"SET": "1"})
    (finding,) = [one for one in findings if one.code == "unset-variable"]
    assert (finding.severity, finding.path) == ("changed", "services.a.command[1]")
    assert finding.rule.startswith("the environment does not set UNSET:")
    (finding,) = found(service("environment: [A, B]"), environment={"A": "1"})
    assert (finding.severity, finding.path) == ("hint", "services.a.environment[1]")


def test_variables_are_told_although_the_file_is_refused():
    findings = found("services: {a: {image: x, deploy: {replicas: '${N}'}}}")
    assert [one.code for one in findings] == ["stack-load", "unset-variable"]


def test_the_docker_command_drops_an_adjusted_oom_score():
    (one,) = found("services: {a: {image: x, oom_score_adj: -500}}")
    assert (one.severity, one.path, one.code) == (
        "lost",
        "services.a.oom_score_adj",
        "dropped-option",
    )
    assert "docker service update --oom-score-adj" in one.fix


def test_a_size_of_shared_memory_is_no_number():
    (one,) = found("services: {a: {image: x, shm_size: 5}}")
    assert one.severity == "error"
    assert one.rule.endswith("'shm_size' expected type 'string', got unconvertible type 'int'")


def test_a_refused_image_hides_nothing_else():
    text = "services: {a: {image: 'A B', tmpfs: /x}, b: {image: x, working_dir: y}}"
    assert [one.code for one in found(text)] == ["stack-image", "worker-hazard", "dropped-option"]


def test_what_comes_of_an_anchor_is_told_of_each_service():
    text = "x-a: &a {image: x, tmpfs: /x}\nservices:\n  a: *a\n  b: {<<: *a}\n"
    assert [(one.path, one.line) for one in found(text)] == [
        ("services.a.tmpfs", 1),
        ("services.b.tmpfs", 1),
    ]


def test_a_service_without_an_image_says_so():
    findings = found("services: {a: {build: .}}")
    assert [(one.severity, one.path) for one in findings] == [
        ("error", "services.a"),
        ("lost", "services.a.build"),
    ]
    assert "image" in findings[0].rule
    assert "a swarm only pulls" in findings[1].fix


def test_releases_differ():
    text = service("deploy: {mode: replicated-job}")
    assert told(text) == []
    assert told(text, release="20.10.24") == []
    assert "api-version-dropped" in {code for *_, code in told(text, api_version="1.40")}
    with pytest.raises(UnknownRelease):
        found(text, release="1.2.3.4")
    with pytest.raises(ConvertError):
        found(text, api_version="9.9")


def test_a_missing_file_of_a_secret_is_told_at_its_line():
    text = service("secrets: [s]") + "secrets:\n  s:\n    file: gone.txt\n"
    (finding,) = found(text)
    assert (finding.severity, finding.path, finding.line) == ("error", "secrets.s.file", 7)
    assert finding.rule == "open /stack/gone.txt: no such file or directory"


def test_no_secret_is_shown():
    text = service(
        "environment: [P=hunter2, P=hunter3]\n    labels: [l=hunter2, l=hunter3]\n"
        "    build: {context: ., args: {P: hunter2}}\n    secrets: [s]"
    )
    text += "secrets: {s: {file: s.txt}}\n"
    files = {"s.txt": "hunter2" * 100_000}
    findings = found(text, files=files)
    assert {one.code for one in findings} >= {"dropped-option", "unsupported-option"}
    assert any(one.path == "secrets.s.file" and one.severity == "error" for one in findings)
    assert "hunter" not in repr(findings)


def test_two_services_of_one_anchor_have_findings_of_their_own():
    text = """\
services:
  a: &one
    image: x:1
    working_dir: srv
    ports:
      - target: 80
        protocol: tcpp
  b: *one
"""
    assert [(one.path, one.line, one.column) for one in found(text)] == [
        ("services.a.working_dir", 4, 5),
        ("services.b.working_dir", 4, 5),
        ("services.a.ports[0].protocol", 7, 9),
        ("services.b.ports[0].protocol", 7, 9),
    ]


@pytest.mark.parametrize(
    ("later", "told_of"),
    [
        ("/t", []),
        ("/other", ["services.a.volumes[0].tmpfs.mode"]),
    ],
)
def test_entries_of_lists_are_replaced_by_their_key(later, told_of):
    mounts = [
        {"type": "tmpfs", "target": "/t", "tmpfs": {"mode": 700}},
        {"type": "volume", "target": "/v", "source": "v"},
    ]
    first = {"services": {"a": {"image": "x:1", "volumes": mounts}}, "volumes": {"v": {}}}
    second = {"services": {"a": {"volumes": [{"type": "tmpfs", "target": later}]}}}
    texts = [json.dumps({"version": "3.8", **each}) for each in (first, second)]
    assert [one.path for one in found(*texts)] == told_of


def test_a_volume_may_be_called_like_an_option_that_is_not_supported():
    text = """\
services:
  a:
    image: x:1
    volumes: ["privileged:/v"]
volumes:
  privileged: {labels: {links: x}}
"""
    assert found(text) == []
