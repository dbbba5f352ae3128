"""Audit records: a line each, whole or not at all, without any value."""

import errno
import json

import pytest

from swarmwire.policy import AuditFailed, AuditLog, AuditRecord

RECORD = AuditRecord(
    time="2026-01-01T00:00:00Z",
    client="ci",
    method="POST",
    route="/services/{id}/update",
    decision="refused",
    status=403,
    rules=("mount.bind",),
    paths=("TaskTemplate.ContainerSpec.Mounts[0].Source",),
    plan="restarts 2 of 4 tasks",
)


class Disk:
    """A file that takes as many bytes as there is room."""

    def __init__(self, room):
        self.room = room
        self.data = b""

    def write(self, data):
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = data[: self.room]
        self.room -= len(taken)
        self.data += taken
        return len(taken)


def test_a_record_is_a_line():
    disk = Disk(10**6)
    AuditLog(disk.write).record(RECORD)
    AuditLog(disk.write).record(RECORD)
    assert disk.data.count(b"\n") == 2
    told = json.loads(disk.data.splitlines()[0])
    assert told["rules"] == ["mount.bind"]
    assert told["plan"] == "restarts 2 of 4 tasks"
    assert "before" not in told


def test_a_raw_url_loses_its_query():
    disk = Disk(10**6)
    log = AuditLog(disk.write)
    log.record(AuditRecord(time="", client="", method="POST", decision="refused", status=403,
                           route="/secrets/create?Name=x&Data=aHVzaA=="))  # fmt: skip
    assert b"aHVzaA" not in disk.data


@pytest.mark.parametrize("room", range(0, 200, 7))
def test_a_full_disk_refuses_and_the_next_line_is_whole(room):
    disk = Disk(room)
    log = AuditLog(disk.write)
    with pytest.raises(AuditFailed):
        log.record(RECORD)
    with pytest.raises(AuditFailed, match="No space left"):
        log.record(RECORD)
    disk.room = 10**6
    log.record(RECORD)
    log.record(RECORD)
    lines = disk.data.splitlines()
    assert [json.loads(line)["client"] for line in lines[-2:]] == ["ci", "ci"]
    assert len(lines) <= 3


def test_what_takes_nothing_is_a_failure():
    with pytest.raises(AuditFailed):
        AuditLog(lambda _: None).record(RECORD)


@pytest.mark.parametrize("letter", ["x", "\0", "\U0001f600"])
def test_no_client_fills_the_disk_with_one_line(letter):
    disk = Disk(10**6)
    long = letter * 1_000_000
    record = AuditRecord(
        time="",
        client="ci",
        method=long,  # not each parser knows the methods that there are
        route="/services/create",
        decision="refused",
        status=403,
        name=long,
        plan=long,
        rules=("mount.bind",) * 10_000,
        paths=(f"Labels[{long}]",) * 10_000,
    )
    AuditLog(disk.write).record(record)
    assert len(disk.data) < 15_000
    told = json.loads(disk.data)
    assert told["name"] == told["method"] == letter * 256
    assert 1 <= len(told["rules"]) == len(told["paths"]) < 100
