"""What is seen of a roll-out on a screen."""

from swarmwire.cli.planning import screen
from swarmwire.control import Unavailable
from swarmwire.update import (
    FollowsNewer,
    ManagerAway,
    ManagerBack,
    RollbackStarted,
    RolloutProgress,
    TaskChanged,
)


def test_lines(capsys):
    lines = screen.RolloutLines()
    away = Unavailable("Unavailable", "starting")
    for event in (
        TaskChanged("t1", 1, "n", "host", "failed", "exit 1\x1b"),
        TaskChanged("t2", 0, "n", "host", "running"),
        RolloutProgress("under way", 1, 2),
        RolloutProgress("under way", 1, 2, "waits"),
        RollbackStarted("update rolled back\nnow"),
        FollowsNewer(),
        ManagerAway(away),
        ManagerBack(),
        RolloutProgress("settling", 2, 2),
        RolloutProgress("converged", 2, 2),
    ):
        lines.show(event)
    assert capsys.readouterr().out.splitlines() == [
        "  failed    1 t1 host: exit 1\\x1b",
        "  running   t2 host",
        "  1 of 2 tasks run as wanted",
        "  the manager goes back to the spec before: update rolled back; now",
        "  another update came after this one; following that",
        f"  the manager says: {away}; the update is written, asking again",
        "  the manager answers again",
        "  2 of 2 tasks run as wanted; watched for a while",
    ]


def test_a_bar_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr(screen, "is_terminal", lambda _: True)
    with screen.screen() as shown:
        assert isinstance(shown, screen.RolloutBar)
        shown.show(TaskChanged("t1", 1, "n", "host", "running", "[bold]"))
        shown.show(RolloutProgress("under way", 1, 2, "waits"))
        shown.show(RolloutProgress("settling", 512, 512))
    assert "  running   1 t1 host: [bold]" in capsys.readouterr().out
