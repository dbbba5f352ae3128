"""``apply`` against a manager in memory: what is asked, merged, found out and said."""

from swarmwire.control import OutOfDate
from tests.support.inmemory import label, meanwhile, stored


def test_asks_and_writes(invoke, fake, wanted, terminal):
    terminal.append(True)
    done = invoke("apply", "web", wanted(label("a", "1")))
    assert done.code == 0, done.stderr
    assert stored(fake).spec.annotations.labels == {"a": "1"}
    assert done.text.endswith("web: converged, 1 of 1 tasks run as wanted\n")


def test_no_is_an_answer(invoke, fake, wanted, terminal):
    terminal.append(False)
    done = invoke("apply", "web", wanted(label("a", "1")))
    assert (done.code, done.stderr) == (1, "swarmwire: nothing written\n")
    assert not stored(fake).spec.annotations.labels


def test_nobody_to_ask(invoke, fake, wanted):
    done = invoke("apply", "web", wanted(label("a", "1")))
    assert (done.code, stored(fake).spec.annotations.labels) == (1, {})
    assert "--yes" in done.stderr


def test_nothing_to_do(invoke, fake, stored_service, wanted):
    done = invoke("apply", "web", wanted())
    assert (done.code, stored(fake)) == (0, stored_service)


def test_resume_writes_all_the_same(invoke, fake, stored_service, wanted):
    done = invoke("apply", "web", wanted(), "--resume", "--yes", "--detach")
    assert done.code == 0
    assert stored(fake).meta.version.index > stored_service.meta.version.index


def test_another_change_is_kept(invoke, fake, wanted):
    fake.before["UpdateService"] = [meanwhile(fake, label("b", "2"))]
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes", "--detach")
    assert done.code == 0
    assert stored(fake).spec.annotations.labels == {"a": "1", "b": "2"}
    assert "the change goes on top of that" in done.stderr


def test_the_manager_itself_may_change_the_version(invoke, fake, wanted):
    fake.before["UpdateService"] = [lambda: fake.fake.put(stored(fake))] * 5
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes", "--detach")
    assert (done.code, done.stderr.count("\n")) == (0, 1)


def test_versions_that_never_fit(invoke, fake, wanted):
    fake.before["UpdateService"] = [OutOfDate("Unknown", "update out of sequence")] * 60
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == 1
    assert "nothing written: the service changed 60 times" in done.stderr


def test_a_conflict_is_shown_and_nothing_written(invoke, fake, wanted):
    fake.before["UpdateService"] = [meanwhile(fake, label("a", "2"))]
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == 1
    assert "Conflict: this change and another one touch the same:\n  Labels[a]\n" in done.text
    assert 'This change:\n  + Labels[a]: "1"' in done.text
    assert 'The other one:\n  + Labels[a]: "2"' in done.text
    assert stored(fake).spec.annotations.labels == {"a": "2"}
    assert done.stderr.endswith("nothing written: somebody else changed the same meanwhile\n")


def test_the_same_change_by_somebody_else_is_enough(invoke, fake, wanted):
    fake.before["UpdateService"] = [meanwhile(fake, label("a", "1"))]
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes")
    assert done.code == 0, done.stderr
    assert "somebody else has made the same change" in done.stderr


def test_more_than_was_agreed_to_is_asked_again(invoke, fake, wanted, terminal):
    """What was to restart nothing would now, because of what another update changed."""
    fake.before["UpdateService"] = [
        meanwhile(fake, lambda spec: spec.task.container.env.append("A=1"))
    ]
    terminal += [True, False]
    done = invoke("apply", "web", wanted(label("a", "1")))
    assert done.code == 1
    assert done.stderr.endswith("nothing written\n")
    assert not stored(fake).spec.annotations.labels
    assert terminal == []


def test_no_restart_holds_for_what_came_meanwhile(invoke, fake, wanted):
    fake.before["UpdateService"] = [
        meanwhile(fake, lambda spec: spec.task.container.env.append("A=1"))
    ]
    done = invoke("apply", "web", wanted(label("a", "1")), "--yes", "--no-restart")
    assert done.code == 3
    assert not stored(fake).spec.annotations.labels


def test_no_manager_is_one_plain_line(invoke, tmp_path, examples_file):
    done = invoke("apply", "web", examples_file, "--yes", "--socket", tmp_path / "control.sock")
    assert done.code == 1
    assert "there is no such socket" in done.stderr
