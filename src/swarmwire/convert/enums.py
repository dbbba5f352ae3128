"""Every enum of both sides, one table each for both directions.

A table lists Docker's word for each number. What becomes of anything else is said beside it:
``empty`` is the number for no word at all, ``unknown`` the number for a word that is not in the
table (without it, that is an error), ``fold_case`` takes words in any case. To read,
``unnamed`` says what a number without a word becomes: its digits, as Go's String() gives, or "".
"""

from collections.abc import Mapping
from typing import Any, Final

from swarmwire.engine.address import go_quoted
from swarmwire.errors import ConvertError

DIGITS: Final = "digits"


class EnumTable:
    """One enum: ``number[word]`` for a message, ``word[number]`` for an object."""

    def __init__(  # noqa: PLR0913 - each is a choice that a table spells out
        self,
        field: str,
        words: dict[str, int],
        *,
        refusal: str = "",
        empty: int | None = None,
        unknown: int | None = None,
        fold_case: bool = False,
        unnamed: str = "",
    ) -> None:
        self.words = words
        self.word: Mapping[int, str] = _Words(words, unnamed)
        # Any, because protobuf's stubs give each enum a type of its own.
        self.number: Mapping[str, Any] = _Numbers(words, field, refusal, unknown, fold_case)
        if empty is not None:
            self.number[""] = empty


class _Words(dict[int, str]):
    """Numbers to words; a number without a word is not kept."""

    def __init__(self, words: dict[str, int], unnamed: str) -> None:
        super().__init__({number: word for word, number in words.items()})
        self._unnamed = unnamed

    def __missing__(self, number: int) -> str:
        return str(number) if self._unnamed == DIGITS else self._unnamed


class _Numbers(dict[str, int]):
    """Words to numbers; a word that is not in the table is not kept.

    Raises:
        ConvertError: kind "unknown" at the field, with the engine's text.
    """

    def __init__(
        self, words: dict[str, int], field: str, refusal: str, unknown: int | None, fold_case: bool
    ) -> None:
        super().__init__(words)
        self._field = field
        self._refusal = refusal
        self._unknown = unknown
        self._fold_case = fold_case

    def __missing__(self, word: str) -> int:
        number = self.get(word.lower()) if self._fold_case else None
        if number is None:
            number = self._unknown
        if number is None:
            reason = self._refusal.format(go_quoted(word), word)
            raise ConvertError("unknown", reason, self._field)
        return number


# Services

RESTART_CONDITION = EnumTable(
    "Condition",
    {"none": 0, "on-failure": 1, "any": 2},
    refusal="invalid RestartCondition: {0}",
    empty=2,
    unnamed="any",
)
UPDATE_FAILURE_ACTION = EnumTable(
    "FailureAction",
    {"pause": 0, "continue": 1, "rollback": 2},
    refusal="unrecognized update failure action {1}",
    empty=0,
)
UPDATE_ORDER = EnumTable(
    "Order", {"stop-first": 0, "start-first": 1}, refusal="unrecognized update order {1}", empty=0
)
UPDATE_STATE = EnumTable(
    "State",
    {
        "updating": 1,
        "paused": 2,
        "completed": 3,
        "rollback_started": 4,
        "rollback_paused": 5,
        "rollback_completed": 6,
    },
)

# Endpoints

# as moby: the word is checked as it is, so that "VIP" is refused
RESOLUTION_MODE = EnumTable(
    "Mode", {"vip": 0, "dnsrr": 1}, refusal="invalid resolution mode: {0}", empty=0, unnamed=DIGITS
)
# as moby: an unknown protocol is TCP
PORT_PROTOCOL = EnumTable("Protocol", {"tcp": 0, "udp": 1, "sctp": 2}, unknown=0, fold_case=True)
# as moby: an unknown mode publishes on every node
PUBLISH_MODE = EnumTable("PublishMode", {"ingress": 0, "host": 1}, unknown=0, fold_case=True)

# Containers

MOUNT_TYPE = EnumTable(
    "Type",
    {"bind": 0, "volume": 1, "tmpfs": 2, "npipe": 3, "cluster": 4},
    refusal="invalid MountType: {0}",
    empty=0,
    fold_case=True,
)
MOUNT_PROPAGATION = EnumTable(
    "Propagation",
    {"rprivate": 0, "private": 1, "rshared": 2, "shared": 3, "rslave": 4, "slave": 5},
    refusal="invalid MountPropagation: {0}",
    empty=0,
    fold_case=True,
)
# Docker carries it in neither direction; this is for a lossless conversion.
MOUNT_CONSISTENCY = EnumTable(
    "Consistency",
    {"default": 0, "consistent": 1, "cached": 2, "delegated": 3},
    refusal="invalid mount consistency: {0}",
    empty=0,
)
# as moby: an unknown isolation, or profile mode, is the default one
ISOLATION = EnumTable(
    "Isolation", {"default": 0, "process": 1, "hyperv": 2}, empty=0, unknown=0, fold_case=True
)
SECCOMP_MODE = EnumTable("Mode", {"default": 0, "unconfined": 1, "custom": 2}, unknown=0)
APPARMOR_MODE = EnumTable("Mode", {"default": 0, "disabled": 1}, unknown=0)

# Tasks

TASK_STATE = EnumTable(
    "State",
    {
        "new": 0,
        "pending": 64,
        "assigned": 192,
        "accepted": 256,
        "preparing": 320,
        "ready": 384,
        "starting": 448,
        "running": 512,
        "complete": 576,
        "shutdown": 640,
        "failed": 704,
        "rejected": 768,
        "remove": 800,
        "orphaned": 832,
    },
    unnamed=DIGITS,
)

# Nodes

NODE_ROLE = EnumTable(
    "Role", {"worker": 0, "manager": 1}, refusal="invalid Role: {0}", fold_case=True, unnamed=DIGITS
)
NODE_AVAILABILITY = EnumTable(
    "Availability",
    {"active": 0, "pause": 1, "drain": 2},
    refusal="invalid Availability: {0}",
    fold_case=True,
    unnamed=DIGITS,
)
NODE_STATE = EnumTable(
    "State", {"unknown": 0, "down": 1, "ready": 2, "disconnected": 3}, unnamed=DIGITS
)
REACHABILITY = EnumTable(
    "Reachability", {"unknown": 0, "unreachable": 1, "reachable": 2}, unnamed=DIGITS
)

# The swarm

CA_PROTOCOL = EnumTable(
    "Protocol", {"cfssl": 0}, refusal="invalid protocol: {0}", fold_case=True, unnamed=DIGITS
)

# Volumes; as moby: an unknown word is the first one

VOLUME_SCOPE = EnumTable("Scope", {"single": 0, "multi": 1}, unknown=0)
VOLUME_SHARING = EnumTable(
    "Sharing", {"none": 0, "readonly": 1, "onewriter": 2, "all": 3}, unknown=0
)
VOLUME_AVAILABILITY = EnumTable(
    "Availability", {"active": 0, "pause": 1, "drain": 2}, unknown=0, unnamed="drain"
)
VOLUME_PUBLISH_STATE = EnumTable(
    "State",
    {
        "pending-publish": 0,
        "published": 1,
        "pending-node-unpublish": 2,
        "pending-controller-unpublish": 3,
    },
)
