"""Three managers: what one of them alone wrote, what they agreed on, and the one that is left."""

import os
import signal
import subprocess
import threading
from collections import Counter
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import pytest

from swarmwire import raftstore
from swarmwire.raftstore import name_of
from tests.support.dockerd import Dockerd
from tests.support.listed_swarm import assert_equal, payloads, said, shown
from tests.support.stored_swarm import Filler

pytestmark = pytest.mark.engine

ALL = raftstore.Options(uncommitted=True)


class Story:
    """Three managers, and copies of their folders from different moments of their life.

    Attributes:
        acknowledged: the leader's, the moment it answered that it had created ``agreed``.
        killed: the leader's after SIGKILL; its followers were frozen when it created ``alone``.
        followers: theirs at that time.
        objects: what the API said before the followers were frozen.
        payloads: the secrets of that time.
    """

    def __init__(self, leader, followers, folder):
        self._leader, self._folder = leader, folder
        self._filler = Filler(leader)
        leader.init_swarm()
        for each in followers:
            each.join_swarm(leader)
        leader.wait_for("three managers", lambda: reachable(leader) == 3)
        self._filler.secret("agreed", b"all have it")
        self.acknowledged = self._copied(leader, "acknowledged")
        self.objects, self.payloads = said(leader), dict(self._filler.secrets)
        leader.wait_for("what the followers know", lambda: all(map(knows, followers)))
        self._write_alone(followers)
        leader.kill()
        self.killed = self._copied(leader, "killed")
        self.followers = [self._copied(each, f"follower-{each.address}") for each in followers]
        self._frozen = followers

    def rejoin(self):
        """The followers go on, and the leader comes back to them.

        Returns:
            A copy of its folder, and the names of the secrets that its API tells.
        """
        for each in self._frozen:
            os.kill(each.pid, signal.SIGCONT)
        self._leader.start()
        # Whoever leads now tells the leader's log what the managers agreed on.
        self._created("together")
        told = self._leader.get("/secrets").json
        copy = self._copied(self._leader, "rejoined")
        return copy, sorted(each["Spec"]["Name"] for each in told)

    def force(self):
        """The followers are gone for good, the leader goes on alone; return its folder's copy."""
        for each in self._frozen:
            each.kill()
        address = self._leader.address
        self._leader.cli(
            *("swarm", "init", "--force-new-cluster"),
            *("--advertise-addr", address, "--listen-addr", f"{address}:2377"),
        )
        self._created("afterwards")
        self._leader.stop()
        return self._copied(self._leader, "forced")

    def _copied(self, dockerd, name):
        target = self._folder / name
        command = ["cp", "-a", "--sparse=always", dockerd.data_root / "swarm", target]
        subprocess.run(command, check=True)
        return target

    def _write_alone(self, followers):
        for each in followers:
            os.kill(each.pid, signal.SIGSTOP)
            self._leader.wait_for("a frozen follower", lambda pid=each.pid: is_frozen(pid))
        threading.Thread(target=self._ask_in_vain, daemon=True).start()
        self._leader.wait_for("an entry that is not committed", self._wrote_alone)

    def _wrote_alone(self):
        """Whether ``alone`` is in the log: ``agreed`` stays uncommitted there until then."""
        options = raftstore.Options(running=True)
        uncommitted = raftstore.read(self._leader.data_root, options).uncommitted
        changes = [change for each in uncommitted for change in each.changes]
        return [name_of(each.message) for each in changes] == ["alone"]

    def _ask_in_vain(self):
        with suppress(OSError):
            self._filler.secret("alone", b"only the leader has it")

    def _created(self, name):
        body = {"Name": name, "Data": "YQ=="}

        def is_created():
            answer = self._leader.request("POST", "/secrets/create", body)
            return answer.status == HTTPStatus.CREATED

        self._leader.wait_for(f"the secret {name}", is_created)


def is_frozen(pid):
    """Whether each thread has stopped: the signal returns before they have."""
    stats = [each.read_text() for each in Path(f"/proc/{pid}/task").glob("*/stat")]
    return all(stat.rpartition(")")[2].split()[0] == "T" for stat in stats)


def reachable(leader):
    nodes = leader.get("/nodes").json
    return sum(node["ManagerStatus"]["Reachability"] == "reachable" for node in nodes)


def knows(follower):
    options = raftstore.Options(running=True, uncommitted=True)
    store = raftstore.read(follower.data_root, options).store
    return names(store) == ["agreed"] and len(store.nodes) == 3


def names(store):
    return sorted(map(name_of, store.secrets.values()))


@pytest.fixture(scope="module")
def story(engines, tmp_path_factory):
    # The one that is in no swarm keeps the network that the others share.
    with Dockerd() as network, Dockerd(beside=network, address="127.0.0.1") as leader:
        followers = [Dockerd(beside=network, address=f"127.0.0.{number}") for number in (2, 3)]
        with followers[0], followers[1]:
            yield Story(leader, followers, tmp_path_factory.mktemp("managers"))


def test_what_was_agreed_is_recovered(story):
    recovery = raftstore.read(story.killed)
    assert payloads(recovery.store.secrets) == story.payloads
    ours, theirs = shown(recovery.store), dict(story.objects)
    # Managers write how the nodes are whenever one of them comes or goes.
    del ours["nodes"], theirs["nodes"]
    assert_equal(ours, theirs)


def test_an_entry_without_agreement_is_told_apart(story):
    recovery = raftstore.read(story.killed)
    (transaction,) = recovery.uncommitted
    (change,) = transaction.changes
    assert (change.action, change.kind) == ("create", "secret")
    assert name_of(change.message) == "alone"
    assert transaction.index == recovery.position.commit + 1 == recovery.position.last_index
    assert recovery.position.index == recovery.position.commit
    (finding,) = recovery.findings
    assert finding.kind == "past-commit"
    assert (finding.first, finding.last) == (transaction.index, transaction.index)


def test_an_entry_without_agreement_is_applied_when_asked_for(story):
    recovery = raftstore.read(story.killed, ALL)
    assert names(recovery.store) == ["agreed", "alone"]
    assert recovery.uncommitted == []


def test_what_was_acknowledged_last_is_never_lost(story):
    # A manager among several writes down what was agreed on when it writes the next time only.
    assert names(raftstore.read(story.acknowledged, ALL).store) == ["agreed"]
    recovery = raftstore.read(story.acknowledged)
    left_out = [change.message for each in recovery.uncommitted for change in each.changes]
    assert Counter(names(recovery.store) + [name_of(each) for each in left_out])["agreed"] == 1


def test_all_managers_are_known(story):
    recovery = raftstore.read(story.killed)
    members = recovery.members.members.values()
    assert {each.addr for each in members} == {f"127.0.0.{n}:2377" for n in (1, 2, 3)}
    assert {each.node_id for each in members} == set(recovery.store.nodes)


def test_followers_know_the_same(story):
    ours = raftstore.read(story.killed)
    for folder in story.followers:
        recovery = raftstore.read(folder, ALL)
        assert recovery.store.secrets == ours.store.secrets
        assert recovery.members.members == ours.members.members
        assert recovery.myself.node_id != ours.myself.node_id


def test_what_a_new_leader_makes_of_it_and_the_one_manager_that_goes_on(story):
    # One test, because it waits long for a new leader. Whether the others agree to the entry in the
    # end, or overwrite it, depends on whether its message still waits for them.
    index = raftstore.read(story.killed).uncommitted[0].index
    folder, agreed = story.rejoin()
    rejoined = raftstore.read(folder, ALL)
    assert rejoined.position.index > index
    assert names(rejoined.store) == agreed
    assert {"agreed", "together"} <= set(agreed) <= {"agreed", "alone", "together"}

    forced = raftstore.read(story.force())
    assert names(forced.store) == sorted([*agreed, "afterwards"])
    assert [each.addr for each in forced.members.members.values()] == ["127.0.0.1:2377"]
    assert len(forced.members.removed) == 2
