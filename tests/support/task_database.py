"""Writes databases as a node's agent does, page by page, so that a test can damage each.

Source: bbolt internal/common (page.go, meta.go); SwarmKit agent/storage.go.
"""

from struct import pack

from swarmwire import pb

BRANCH, LEAF, META = 1, 2, 4
SIZE = 4096


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def meta(number, root, transaction, size=SIZE):
    body = pack("<IIIIQQQQQ", 0xED0CDAED, 2, size, 0, root, 0, 3, 99, transaction)
    return pack("<QHHI", number, META, 0, 0) + body + pack("<Q", fnv(body))


def leaf(*pairs, number=0, overflow=0):
    """A leaf page; a pair is key, value and whether the value is a bucket."""
    heads, content = b"", b""
    room = len(pairs) * 16
    for place, (key, value, is_bucket) in enumerate(pairs):
        position = room - place * 16 + len(content)
        heads += pack("<IIII", is_bucket, position, len(key), len(value))
        content += key + value
    return pack("<QHHI", number, LEAF, len(pairs), overflow) + heads + content


def branch(*children, number):
    heads = b"".join(pack("<IIQ", 16 * len(children), 0, child) for child in children)
    return pack("<QHHI", number, BRANCH, len(children), 0) + heads


def bucket(root):
    return pack("<QQ", root, 0)


def small_bucket(*pairs):
    """A bucket that stands whole in its value."""
    return pack("<QQ", 0, 0) + leaf(*pairs)


def a_task(name, state=pb.TaskState.RUNNING):
    task = pb.Task(id=name, service_id="of a service")
    status = pb.TaskStatus(state=state, message="as the agent saw it")
    return task.SerializeToString(), status.SerializeToString()


def entry(name, **parts):
    data, status = a_task(name)
    parts = {"assigned": b"\xff", "data": data, "status": status} | parts
    pairs = [(key.encode(), part, 0) for key, part in parts.items() if part is not None]
    return (name.encode(), small_bucket(*pairs), 1)


def file_of(pages, size=SIZE, root=2):
    """The file with these pages, by number."""
    pages = {0: meta(0, root, 6, size), 1: meta(1, root, 7, size)} | pages
    end = max(number * size + -(-len(page) // size) * size for number, page in pages.items())
    out = bytearray(end)
    for number, page in pages.items():
        out[number * size : number * size + len(page)] = page
    return bytes(out)


def with_tasks(**pages):
    """A file whose bucket of tasks begins at page 4; ``pages`` gives that one and others."""
    above = {
        2: leaf((b"v1", bucket(3), 1), number=2),
        3: leaf((b"tasks", bucket(4), 1), number=3),
    }
    return file_of(above | {int(number[1:]): page for number, page in pages.items()})
