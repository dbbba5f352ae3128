"""Names for services that come without one, as an engine picks them: an adjective and a noun."""

from secrets import choice, randbelow
from typing import Final

_ADJECTIVES: Final = (
    *("amber", "brave", "calm", "clever", "crisp", "eager", "early", "gentle", "golden", "grand"),
    *("happy", "keen", "kind", "lively", "lucky", "mellow", "merry", "noble", "patient", "proud"),
    *("quick", "quiet", "rapid", "serene", "silent", "steady", "sunny", "swift", "vivid", "wise"),
)
_NOUNS: Final = (
    *("badger", "beaver", "crane", "dolphin", "eagle", "falcon", "finch", "fox", "gull", "hare"),
    *("heron", "ibis", "jay", "kestrel", "lark", "lynx", "marten", "otter", "owl", "plover"),
    *("puffin", "raven", "robin", "salmon", "seal", "sparrow", "stork", "swan", "tern", "whale"),
)


def service_name() -> str:
    """A name that is most likely free."""
    return f"{choice(_ADJECTIVES)}_{choice(_NOUNS)}{randbelow(10_000):04}"
