"""``recover``: what is there, for people and for programs, and never a payload."""

import json
import re
import tarfile
from datetime import UTC, datetime, timedelta

import pytest

from swarmwire.raftstore import Options, read
from tests.cli_recover.conftest import PAYLOAD
from tests.support.raft_folder import (
    BEGAN,
    RaftFolder,
    cluster,
    create,
    fill,
    member,
    object_id,
    secret,
    service,
    update,
)
from tests.support.raft_folder.samples import tar_of


def data_of(done):
    return json.loads(done.output)


def names(listed):
    return [each["name"] for each in listed]


def test_a_real_manager_in_a_tar(invoke):
    done = invoke("recover", tar_of("02-rich-2010"), "--deleted")
    assert done.code == 0
    text = done.text
    assert "Swarm:         m7ncmedw5a0gykhfzt0i5ptlo (default)" in text
    assert "autolock off, 1 manager" in text
    assert "Log position:  index 85 of 85, term 2, committed up to 85, no snapshot" in text
    assert "Complete:      yes" in text
    assert re.search(r"kjt1p9k9dwmj +web +replicated +3 +busybox:local +\*:8080->80/tcp", text)
    assert re.search(r"ziwvrgnyvosy +job1 +replicated job +3 ", text)
    assert re.search(r"jlxakyb0tjuk +agent +global +busybox", text)
    assert re.search(r"rlt3ej2s5qry +s_text +8 B", text)
    assert re.search(r"ov_enc +overlay +10\.42\.0\.0/24 +attachable", text)
    assert re.search(r"se6r1vhgjemo +vm +manager +active .*disk=ssd, zone=eu-1", text)
    assert re.search(r"secret +qme3orsrgc6m +s_doomed +6 B +at 56", text)
    assert "hunter2" not in text
    assert "1 running" in text


def test_json_has_the_same(invoke, rich):
    done = invoke("recover", rich, "--format", "json", "--deleted")
    assert done.code == 0
    found = data_of(done)
    assert found["cluster"]["id"] == object_id("cluster")
    assert found["node"]["node_id"] == object_id("manager-1")
    assert found["position"]["index"] == found["position"]["commit"] == 7
    assert found["is_whole"] is True
    assert names(found["services"]) == ["web"]
    assert [(each["name"], each["size"]) for each in found["secrets"]] == [("password", 7)]
    assert [(each["name"], each["size"]) for each in found["configs"]] == [("settings", 13)]
    assert found["nodes"][0]["labels"] == {"zone": "east"}
    (gone,) = found["deleted"]
    assert (gone["name"], gone["removed_at"], gone["size"]) == ("doomed", 7, 14)
    assert found["not_recoverable"]
    assert found["findings"] == []


@pytest.mark.parametrize("format_", ["text", "json"])
def test_nothing_secret_is_shown(invoke, rich, format_):
    done = invoke("recover", rich, "--format", format_, "--deleted")
    assert done.code == 0
    for private in (
        PAYLOAD,
        b"colour = blue",
        b"lost and found",
        b"the-credentials",
        b"SWMTKN",
        b"PRIVATE KEY",
        b"SWMKEY",
    ):
        assert private not in done.output


def test_without_a_bundle_it_is_told_what_could_be_written(invoke, rich):
    text = invoke("recover", rich).text
    assert re.search(r"secrets +1 +--secrets", text)
    assert re.search(r"unlock key +1 +--export-unlock-key", text)


def test_a_folder_above_and_a_tar_of_it(invoke, swarm, tmp_path):
    by_folder = invoke("recover", swarm, "--format", "json")
    assert by_folder.code == 0
    assert invoke("recover", tmp_path, "--format", "json").output == by_folder.output
    packed = tmp_path / "packed.tar.gz"
    with tarfile.open(packed, "w:gz") as tar:
        tar.add(swarm, "swarm")
    assert invoke("recover", packed, "--format", "json").output == by_folder.output


def test_an_earlier_state_by_index_and_by_time(invoke, swarm):
    newest = data_of(invoke("recover", swarm, "--format", "json"))
    (web,) = newest["services"]
    assert (web["image"], web["replicas"]) == ("busybox:2", 3)
    index = newest["position"]["index"] - 1
    earlier = data_of(invoke("recover", swarm, "--format", "json", "--at", index))
    (web,) = earlier["services"]
    assert (web["image"], web["replicas"]) == ("busybox:1", 1)
    moment = datetime.fromtimestamp(BEGAN // 10**9, UTC) + timedelta(seconds=index)
    until = data_of(invoke("recover", swarm, "--format", "json", "--until", moment.isoformat()))
    assert until["services"] == earlier["services"]
    of_the_day = invoke("recover", swarm, "--format", "json", "--until", f"{moment:%Y-%m-%d}")
    assert data_of(of_the_day)["services"] == newest["services"]


def test_a_time_that_is_none_is_bad_usage(run, swarm):
    done = run("recover", swarm, "--until", "yesterday")
    assert done.returncode == 2
    assert b"'yesterday' is neither a date nor a time" in done.stderr


def three_managers(tmp_path):
    """Three managers, and an entry that was not committed."""
    folder = RaftFolder(tmp_path / "swarm")
    folder.add_member(member("manager-2"))
    folder.add_member(member("manager-3"))
    folder.transaction(create(cluster(folder.cluster_id)), create(service("web")))
    folder.transaction(create(secret("unsure")), update(service("web", "busybox:2")), commit=False)
    return folder.write()


def test_what_is_not_committed_is_told_apart(invoke, tmp_path):
    swarm = three_managers(tmp_path)
    done = invoke("recover", swarm)
    assert done.code == 1
    assert "--uncommitted" in done.text
    assert "Past the commit index, not included above" in done.text
    assert "create secret unsure, update service web" in done.text
    assert "busybox:2" not in done.text
    assert done.text.count("Other manager: ") == 2
    found = data_of(invoke("recover", swarm, "--uncommitted", "--format", "json"))
    assert names(found["secrets"]) == ["unsure"]
    assert found["cluster"]["managers"] == 3


def test_one_manager_alone_commits_all_unless_told_otherwise(invoke, tmp_path):
    folder = fill(RaftFolder(tmp_path / "swarm"))
    folder.transaction(create(secret("late")), commit=False)
    swarm = folder.write()
    found = data_of(invoke("recover", swarm, "--format", "json"))
    assert "late" in names(found["secrets"])
    found = data_of(invoke("recover", swarm, "--format", "json", "--committed-only"))
    assert "late" not in names(found["secrets"])


def test_control_characters_are_not_obeyed(invoke, tmp_path):
    folder = RaftFolder(tmp_path / "swarm")
    folder.transaction(create(service("web\x1b[2J\nNodes", "image\x07")))
    done = invoke("recover", folder.write())
    assert done.code == 0
    assert "\x1b" not in done.text
    assert "\x07" not in done.text
    assert "\nNodes\n" not in done.text


def test_a_loss_is_told_with_its_place_and_exit_code_1(invoke, tmp_path):
    folder = fill(RaftFolder(tmp_path / "swarm"))
    place = folder.transaction(create(secret("damaged")))
    folder.transaction(create(secret("after")))
    swarm = folder.write()
    segment = next(swarm.glob("raft/wal-v3-encrypted/*.wal"))
    data = bytearray(segment.read_bytes())
    data[place.offset + 40] ^= 0xFF
    segment.write_bytes(data)
    assert not read(swarm, Options()).is_whole  # or the test shows nothing
    done = invoke("recover", swarm)
    assert done.code == 1
    assert "Complete:      NO: something is lost" in done.text
    assert re.search(r"^! .*", done.text, re.MULTILINE)
    assert f"at byte {place.offset}" in done.text
    assert "after" in done.text
