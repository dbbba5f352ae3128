"""Which form a file has that is none of ours, and what to do with it. Pure.

Files are told by their first bytes, objects by their keys. Every reason begins with what the file
is, and ends with what to do.
"""

import codecs
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

_MARKS: Final = (
    (b"\xff\xfe", "UTF-16 text; save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text; save it as UTF-8"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first"),
    (b"\xfd7zXZ\x00", "compressed with xz; unpack it first"),
    (b"BZh", "compressed with bzip2; unpack it first"),
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"SQLite", "an SQLite database, and no object of a swarm"),
    (b"\x7fELF", "a program, and no object of a swarm"),
)
LONGEST_MARK: Final = max(len(mark) for mark, _ in _MARKS)
HEAD: Final = 1 << 14
"""So many bytes from the beginning are enough to tell a text."""

_PLAN_STACK = (
    "swarmwire plan --stack NAME -c FILE tells what deploying it changes, swarmwire check what is"
    " wrong with it"
)
_COMPOSE: Final = rb"(?m)^[\"']?services[\"']?[ \t]*:"
_EXTENSION: Final = rb"x-[\w.-]+[ \t]*:"
_YAML: Final = rb"(?m)---[ \t]*\r?$|[\w.\"'-]+[ \t]*:([ \t]|\r?$)|-[ \t]+[\w\"']"
_BETWEEN: Final = rb"(?:[ \t\r\n]+|#[^\n]*\n|\xef\xbb\xbf)*+"


def mark_of(start: bytes) -> str:
    """What a file is by its first bytes, ``LONGEST_MARK`` of them; nothing if they do not tell."""
    return next((what for mark, what in _MARKS if start.startswith(mark)), "")


def text_form(head: bytes) -> str:
    """What a text is that is no JSON, by its first ``HEAD`` bytes; nothing if it does not tell."""
    found = re.match(_BETWEEN, head)
    start = head[found.end() if found else 0 :]
    if start[:1] in (b"{", b"[") or not re.match(_YAML, start):
        return "an HTML or XML page" if start[:1] == b"<" else ""
    if re.search(_COMPOSE, start):
        return f"a compose file: {_PLAN_STACK}"
    return (
        "YAML, and JSON is wanted: docker service inspect SERVICE prints it; a stack file would"
        " have services"
    )


def is_stack_text(head: bytes) -> bool:
    """Whether a text that is no JSON is a stack file, by its first ``HEAD`` bytes."""
    head = _as_utf8(head[:HEAD])
    found = re.match(_BETWEEN, head)
    start = head[found.end() if found else 0 :]
    if not re.match(_YAML, start):
        return False
    return bool(re.search(_COMPOSE, start) or re.match(_EXTENSION, start))


def _as_utf8(head: bytes) -> bytes:
    # The docker command reads UTF-16, too, if a mark says so.
    is_utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16", "ignore").encode() if is_utf16 else head


def may_be_json(head: bytes) -> bool:
    """Whether a text begins as JSON does."""
    found = re.match(_BETWEEN, head)
    return head[found.end() if found else 0 :][:1] in (b"{", b"[")


def is_stack_object(raw: bytes) -> bool:
    """Whether an object in JSON is a stack file."""
    return b'"services"' in raw and isinstance(_keys_of(raw).services, dict)


_ANNOTATIONS_BEGIN: Final = (b"\x0a", b"\x12", b"\x1a")
"""The tags of their fields. An id, which stands in the same place of a whole service, is text."""
_OF_SPEC: Final = frozenset(
    {"annotations", "task", "replicated", "global", "replicated_job", "global_job", "update"}
)
_OF_SERVICE: Final = frozenset({"id", "meta", "spec"})
_FIRST_WORD: Final = rb"(?:[ \t\r\n]+|#[^\n]*\n)*+([a-z_]+)"
_LENGTH: Final = rb"(?s)\x0a[\x80-\xff]*[\x00-\x7f]"


def is_service_spec(raw: bytes, format_: str) -> bool:
    """Whether a message is a service's spec rather than a whole service.

    Args:
        raw: the message.
        format_: how it is written: binary, text or json.
    """
    if format_ == "binary":
        head = re.match(_LENGTH, raw)
        return head is not None and raw[head.end() : head.end() + 1] in _ANNOTATIONS_BEGIN
    if format_ == "text":
        first = re.match(_FIRST_WORD, raw)
        return first is not None and first[1].decode() in _OF_SPEC
    keys = top_level_keys(raw)
    return bool(keys & _OF_SPEC) and not keys & _OF_SERVICE


def top_level_keys(raw: bytes) -> frozenset[str]:
    """The keys of an object in JSON; none if it is no object."""
    try:
        found = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return frozenset()
    return frozenset(found)


class _Keys(msgspec.Struct, rename="pascal"):
    """Keys by which objects are told apart."""

    id: Any = msgspec.field(default=None, name="ID")
    other_id: Any = msgspec.field(default=None, name="Id")
    spec: Any = None
    task_template: Any = None
    host_config: Any = None
    root_fs: Any = msgspec.field(default=None, name="RootFS")
    repo_tags: Any = None
    ipam: Any = msgspec.field(default=None, name="IPAM")
    join_tokens: Any = None
    cluster_volume: Any = None
    mountpoint: Any = None
    desired_state: Any = None
    description: Any = None
    replicas: Any = None
    services: Any = msgspec.field(default=None, name="services")
    annotations: Any = msgspec.field(default=None, name="annotations")
    message_spec: Any = msgspec.field(default=None, name="spec")


_decoder = msgspec.json.Decoder(_Keys)
_ARTICLES: Final = {"image": "an"}
_NO_SPEC: Final = frozenset({"container", "image"})


_SIGNS: Final[tuple[tuple[str, Callable[[_Keys], bool]], ...]] = (
    ("compose file", lambda keys: isinstance(keys.services, dict)),
    ("message", lambda keys: isinstance(keys.annotations or keys.message_spec, dict)),
    ("container", lambda keys: keys.host_config is not None),
    ("image", lambda keys: keys.root_fs is not None or isinstance(keys.repo_tags, list)),
    ("network", lambda keys: keys.ipam is not None),
    ("swarm", lambda keys: keys.join_tokens is not None),
    ("volume", lambda keys: keys.cluster_volume is not None or keys.mountpoint is not None),
    ("task", lambda keys: keys.id is not None and keys.desired_state is not None),
    ("node", lambda keys: isinstance(keys.description, dict) and isinstance(keys.spec, dict)),
    ("service", lambda keys: keys.task_template is not None or _is_service(keys.spec)),
    ("listing", lambda keys: keys.id is not None and isinstance(keys.replicas, str)),
)
"""What an object is, by the first of its signs."""


def _is_service(spec: object) -> bool:
    return isinstance(spec, dict) and "TaskTemplate" in spec


def _keys_of(raw: bytes) -> _Keys:
    try:
        return _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Keys()


def misfit(raw: bytes, kind: str) -> str:
    """What an object is if it is clearly none of ``kind``, and what to do with it.

    Args:
        raw: an object as JSON.
        kind: what it should be: service, node, secret, config, network, swarm or volume.
    """
    keys = _keys_of(raw)
    found = next((word for word, is_shown in _SIGNS if is_shown(keys)), kind)
    return "" if found == kind else _advice(found, kind)


def _advice(found: str, kind: str) -> str:
    if found == "compose file":
        return f"a compose file: {_PLAN_STACK}"
    if found == "message":
        return "a message of SwarmKit as JSON: swarmwire from-grpc --message-format json reads it"
    if found == "listing":
        return "a line of docker service ls: docker service inspect SERVICE prints all of it"
    what = f"{_ARTICLES.get(found, 'a')} {found}, not a {kind}"
    if found in _NO_SPEC:
        return f"{what}: docker {kind} inspect NAME prints a {kind}"
    if found == "task":
        return f"{what}: docker service inspect SERVICE prints what it is made from"
    return f"{what}: say --kind {found}"
