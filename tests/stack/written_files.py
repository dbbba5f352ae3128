"""Stack files by hand: what they are as wholes, and what is refused."""

from tests.stack.deploying import Case

_FILES = {
    "a.txt": "secret a\n",
    "a.env": "A=from-file\nB='quoted'\nHOME\nE=\n",
    "b.env": "A=second\nZ=9\n",
}
_ENVIRONMENT = {"HOME": "/home/u", "A": "aa", "EMPTY": "", "TAG": "1.2"}

_ANCHORS = """\
version: "3.8"
x-common: &common
  image: nginx:1
  environment: &env {A: '1', B: "2"}
  deploy: &deploy
    replicas: 2
    restart_policy: {condition: on-failure}
x-more: &more {C: "3", A: other}
services:
  a:
    <<: *common
    command: &words [sh, -c, "echo \\t hi"]
    entrypoint: *words
  b:
    <<: *common
    environment:
      <<: [*env, *more]
      B: 'own'
    deploy:
      <<: *deploy
      replicas: 5
  c:
    image: &image alpine
    hostname: *image
"""
_TEXTS = """\
# a comment
version: '3.7'
services:
  a:
    image: >-
      nginx:1
    command: |
      sh -c
      "echo
      hi" 'a b'
    environment:
      LONG: >
        folded
        text

        with lines
      BLOCK: |+
        kept

      OCTAL: 0777
      NUMBER: 1_000
      FLOAT: 1e3
      HEX: 0x1F
      TILDE: ~
      QUOTED: "\\u00fc\\n"
    labels:
      "quoted key": 'it''s'
      ? complex
      : value
    stop_grace_period: 1m30s
"""
_VARIABLES = """\
version: "3.9"
services:
  a:
    image: "x:${TAG}"
    environment:
      - A=${A}
      - B=${NOPE-unset}
      - C=${EMPTY-unset}
      - D=${EMPTY:-empty}
      - E=${A:?needed}
      - G=$$A$${A}
      - H=$A-$NOPE.
      - HOME
      - NOWHERE
    deploy: {replicas: "${N:-4}", labels: {"${A}": "${A}"}}
"""
_ENV_FILES = """\
version: "3.4"
services:
  a: {image: x, env_file: a.env, environment: {A: own}}
  b: {image: x, env_file: [a.env, ./b.env], environment: [B, C=3]}
  c: {image: x, env_file: []}
"""
_BASE = """\
version: "3.7"
services:
  web:
    image: nginx
    environment: {A: '1', B: '2'}
    labels: [x=1, w=2]
    ports: ["80:80", "81:81"]
    volumes: ["/a:/b", "data:/data"]
    networks: {front: {aliases: [w]}}
    dns: 1.1.1.1
    healthcheck: {test: "true", retries: 2}
    ulimits: {nofile: 5}
    logging: {driver: json-file, options: {max-size: 1m}}
    secrets: [key]
    deploy:
      replicas: 2
      labels: {a: b}
      placement: {constraints: [node.role == manager]}
      resources: {limits: {cpus: "1", memory: 1g}}
      update_config: {parallelism: 2, delay: 1s}
  gone: {image: a}
networks: {front: {driver: overlay}}
volumes: {data: {driver: local}}
secrets: {key: {file: ./a.txt}}
"""
_OVER = """\
version: "3.7"
services:
  web:
    image: nginx:2
    command: b c
    environment: [B=3, C=4]
    labels: {w: 3}
    ports: [{target: 80, published: 80, mode: host}, "82:82"]
    networks: {front: {aliases: [v]}, back: }
    dns: [2.2.2.2]
    healthcheck: {interval: 1s}
    ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3}
    logging: {driver: json-file, options: {max-file: "3"}}
    secrets: [{source: key, target: other}]
    deploy:
      replicas: 3
      labels: {c: d}
      placement: {preferences: [{spread: node.labels.z}]}
      resources: {limits: {memory: 2g}}
      update_config: {delay: 2s, order: start-first}
  more: {image: b}
networks: {front: {internal: true}, back: {}}
volumes: {other: }
"""
_THIRD = """\
version: "3.7"
services:
  more: {image: "c:${TAG}", restart: on-failure, stop_signal: SIGINT}
secrets: {key: {external: true, name: elsewhere}}
"""


def _refused(options: str, more: str = "") -> str:
    return f'version: "3.8"\nservices:\n  a:\n    image: x\n    {options}\n{more}'


REFUSED = (
    _refused("networks: [nowhere]"),
    _refused("secrets: [nowhere]"),
    _refused("volumes: [{type: nothing, target: /x}]"),
    _refused("volumes: [{type: bind, target: /x}]"),
    _refused("cpu_shares: 5"),
    _refused("unknown: 5"),
    _refused("command: 'unclosed ${A'"),
    _refused("deploy: {replicas: many}"),
    _refused("deploy: {mode: global, replicas: 2}"),
    _refused("healthcheck: {disable: true, test: a}"),
    _refused("env_file: nowhere.env"),
    _refused("secrets: [k]", "secrets: {k: {file: ./nowhere}}\n"),
    _refused("command: '${A:+b}'"),
    _refused("image: {a: b}"),
    _refused("shm_size: 5"),
    'version: "2.4"\nservices: {a: {image: x}}\n',
    "services: {\n",
)
"""Texts that every release's command refuses, each for a reason of its own."""


def _case(*texts: str) -> Case:
    return Case(texts, _FILES, _ENVIRONMENT)


WRITTEN = (
    _case(_ANCHORS),
    _case(_TEXTS),
    _case(_VARIABLES),
    _case(_ENV_FILES),
    _case(_BASE, _OVER),
    _case(_BASE, _OVER, _THIRD),
    *(_case(text) for text in REFUSED),
)
