"""Bodies under construction: trees of ``Located`` with the names of the Engine API."""

from typing import Any, Final

from swarmwire.stack.places import Located

NAMESPACE: Final = "com.docker.stack.namespace"
IMAGE: Final = "com.docker.stack.image"


def scoped(stack: str, name: str) -> str:
    """The full name of an object of a stack."""
    return f"{stack}_{name}"


def made(at: Located, **fields: Located | None) -> Located:
    """An object at the place of what it is made of; fields that are None are left out."""
    return at.with_value({name: field for name, field in fields.items() if field is not None})


def value_of(located: Located, *options: str) -> Any:
    """The value of an option, deep inside if several are given; None if one is absent."""
    found = find(located, *options)
    return None if found is None else found.value


def find(located: Located, *options: str) -> Located | None:
    """An option with its place, deep inside if several are given; None if one is absent."""
    for option in options:
        if not isinstance(located.value, dict) or option not in located.value:
            return None
        located = located.value[option]
    return located


def entries_of(located: Located, *options: str) -> list[Located]:
    """The entries of a list; none if it is absent."""
    found = value_of(located, *options)
    return [] if found is None else list(found)


def labelled(stack: str, at: Located, labels: Located | None, image: str | None = None) -> Located:
    """The labels with those of the stack, which win."""
    own = {NAMESPACE: at.with_value(stack)}
    if image is not None:
        own[IMAGE] = find(at, "image") or at.with_value(image)
    given = {} if labels is None else labels.value
    return (labels or at).with_value({**given, **own})
