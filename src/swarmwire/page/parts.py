"""A page in parts: what a browser has of it, and what it has to be told to have it as it is. Pure.

Each part is an element with an ID of its own. Its HTML is that of its content around those of its
parts, so that each can be replaced alone.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from markupsafe import Markup


class PagePart(NamedTuple):
    """One part.

    Attributes:
        parent: the ID of the element in which it stands.
        opening: its HTML up to its own parts.
        closing: its HTML after them.
    """

    parent: str
    opening: str
    closing: str = ""


Parts = Mapping[str, PagePart]
"""By the ID of their elements, each after the one in which it stands, in the order of the page."""


def assembled(parts: Parts, root: str) -> Markup:
    """The HTML of all that stands in an element that is no part itself."""
    children: dict[str, list[str]] = {}
    for id_, part in parts.items():
        children.setdefault(part.parent, []).append(id_)

    def html(id_: str) -> str:
        part = parts[id_]
        inner = "".join(map(html, children.get(id_, ())))
        return f"{part.opening}{inner}{part.closing}"

    return Markup("".join(map(html, children.get(root, ()))))  # noqa: S704 - made of parts


def changes(before: Parts, after: Parts) -> dict[str, Any]:
    """What a browser that has ``before`` must do to have ``after``; nothing if they are the same.

    ``gone`` are IDs. ``put`` are lists of an ID, the one of its parent, the one before which it
    stands or nothing, and its HTML without its parts; those that are replaced lose theirs.
    """
    gone = [id_ for id_ in before if id_ not in after]
    fresh: set[str] = set()
    for id_, part in after.items():
        if before.get(id_) != part or part.parent in fresh:
            fresh.add(id_)
    following: dict[str, str] = {}
    put: list[list[str]] = []
    for id_, part in reversed(list(after.items())):
        if id_ in fresh:
            html = f"{part.opening!s}{part.closing!s}"
            put.append([id_, part.parent, following.get(part.parent, ""), html])
        following[part.parent] = id_
    # Parents come first; of the children of one the last, since each stands before another.
    depth = dict.fromkeys(after, 0)
    for id_, part in after.items():
        depth[id_] = depth.get(part.parent, -1) + 1
    put.sort(key=lambda one: depth[one[0]])
    return {key: value for key, value in (("gone", gone), ("put", put)) if value}
