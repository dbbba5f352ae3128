"""Writes tars byte by byte, also such as no program writes."""

import tarfile

END = bytes(1024)


def header(name, size=0, kind=tarfile.REGTYPE, **more):
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    for attribute, value in more.items():
        setattr(info, attribute, value)
    return info.tobuf(tarfile.GNU_FORMAT)


def member(name, content=b"", **more):
    return header(name, len(content), **more) + content + bytes(-len(content) % 512)


def pax(**records):
    """The header that gives the next member other properties."""
    body = b""
    for key, value in records.items():
        line = f" {key.replace('__', '.')}=".encode() + value + b"\n"
        size = next(n for n in range(len(line), len(line) + 12) if len(str(n)) + len(line) == n)
        body += str(size).encode() + line
    return member("pax", body, kind=tarfile.XHDTYPE)


def sparse(name, size, pieces, data=b""):
    """A file of the form that GNU tar gives those with holes: a map, and then its pieces."""
    numbers = [len(pieces), *(number for piece in pieces for number in piece)]
    plan = b"".join(b"%d\n" % number for number in numbers)
    content = plan + bytes(-len(plan) % 512) + data
    records = {"major": b"1", "minor": b"0", "name": name.encode(), "realsize": b"%d" % size}
    return pax(**{f"GNU__sparse__{key}": value for key, value in records.items()}) + member(
        "pieces", content
    )
