"""``plan`` between two files, its exit codes, and how it looks."""

import json

import pytest

from swarmwire import pb
from swarmwire.cli.planning import codes, planning, report
from swarmwire.cli.planning.text import View, as_text
from swarmwire.plan import plan
from swarmwire.update import LiveService, plan_update
from tests.support.inmemory import service_of, task_of


@pytest.fixture
def write(tmp_path):
    """A spec in a file, as the Engine API has it."""

    def start(name, **fields):
        spec = {
            "Name": "web",
            "TaskTemplate": {"ContainerSpec": {"Image": "x:1", "Env": ["A=1", "PASSWORD=geheim"]}},
            "Mode": {"Replicated": {"Replicas": 4}},
        }
        file = tmp_path / name
        file.write_text(json.dumps(spec | fields))
        return file

    return start


TEMPLATE = {"ContainerSpec": {"Image": "x:2", "Env": ["A=2", "PASSWORD=secret"]}}


@pytest.mark.parametrize(
    ("fields", "code", "verdict"),
    [
        ({}, 0, "web: changes nothing"),
        ({"Labels": {"a": "b"}}, 2, "web: restarts no task although Labels changed"),
        ({"Mode": {"Replicated": {"Replicas": 9}}}, 2, "web: adds 5 tasks, restarts no task"),
        ({"TaskTemplate": TEMPLATE}, 3, "web: restarts 4 of 4 tasks, because "),
        ({"Name": "other"}, 1, "other: is refused: renaming services is not supported"),
        ({"Mode": {"Global": {}}}, 1, "web: is refused: service mode change is not allowed"),
    ],
)
def test_exit_codes(invoke, write, fields, code, verdict):
    done = invoke("plan", write("old.json"), write("new.json", **fields))
    assert done.code == code, done.stderr
    assert done.text.startswith(verdict)
    assert "\x1b" not in done.text


def test_secrets_are_hidden(invoke, write):
    files = (write("old.json"), write("new.json", TaskTemplate=TEMPLATE))
    plain, hidden = invoke("plan", *files), invoke("plan", *files, "--hide-env")
    assert '"A=1" -> "A=2"' in plain.text
    assert '"A=1"' not in hidden.text
    for done in (plain, hidden, invoke("plan", *files, "--format", "json")):
        assert "geheim" not in done.text
        assert '"secret"' not in done.text


def test_json_is_for_programs(invoke, write):
    done = invoke(
        "plan", write("old.json"), write("new.json", Labels={"a": "b"}), "--format", "json"
    )
    found = json.loads(done.output)
    assert (done.code, found["effect"], found["service"]) == (2, "metadata only", "web")
    assert found["differences"][0]["path"] == "Labels[a]"
    assert found["exactness"]["exact"] is False
    assert found["notes"] == []


def test_a_guess_says_so(invoke, write):
    done = invoke("plan", write("old.json"), write("new.json", Labels={"a": "b"}))
    assert "A guess." in done.text


def test_a_message_beside_json(invoke, write, tmp_path):
    stored = service_of("web", 2)
    file = tmp_path / "service.pb"
    file.write_bytes(stored.SerializeToString())
    done = invoke("plan", file, write("new.json"))
    assert done.code == 3
    assert "Mode.Replicated.Replicas: 2 -> 4" in done.text


def test_standard_input(invoke, write):
    file = write("old.json")
    done = invoke("plan", file, "-", data=file.read_bytes())
    assert done.code == 0
    assert invoke("plan", "-", "-").code == 1


def test_warnings_name_the_file(invoke, write):
    file = write("new.json", Labls={})
    done = invoke("plan", write("old.json"), file)
    assert done.stderr == (
        f"swarmwire: warning: {file}: Labls: unknown key, passed over; did you mean Labels?\n"
    )


USAGE = {
    "nothing": (),
    "one": ("web",),
    "a third": ("a", "b", "c"),
    "no such option": ("--what",),
    "rollback and a file": ("web", "x.json", "--rollback"),
    "files of no stack": ("web", "x.json", "-c", "x.yml"),
    "a stack without files": ("--stack", "st"),
    "a stack and a service": ("--stack", "st", "-c", "x", "web"),
}


@pytest.mark.parametrize("case", USAGE)
def test_bad_usage_is_an_error_and_not_a_change(invoke, case):
    done = invoke("plan", *USAGE[case])
    assert done.code == 1
    assert done.stderr.startswith("Usage: ")


def test_usage_names_all_three_forms(invoke):
    said = invoke("plan").stderr
    assert all(form in said for form in ("SERVICE NEW", "OLD NEW", "--stack NAME -c FILE"))


def test_files_are_no_services(invoke, write):
    done = invoke("plan", write("a.json"), write("b.json"), "--as-engine")
    assert done.code == 1


def test_a_file_that_cannot_be_read(invoke, write, tmp_path):
    done = invoke("plan", write("old.json"), tmp_path / "none.json")
    assert (done.code, done.text) == (1, "")
    assert done.stderr.endswith("none.json: no such file or directory\n")


def test_the_command_as_a_process(run, write):
    done = run("plan", write("old.json"), write("new.json", TaskTemplate=TEMPLATE))
    assert done.returncode == 3
    assert done.stderr == b""


def test_help_names_all_exit_codes(invoke):
    text = invoke("plan", "--help").text
    for line in ("0  nothing changes", "2  something", "3  tasks restart", "1  an error"):
        assert line in text


def _view(change, *, tasks=2):
    before = service_of("web", tasks)
    wanted = pb.ServiceSpec()
    wanted.CopyFrom(before.spec)
    change(wanted)
    running = tuple(task_of(before, slot) for slot in range(1, tasks + 1))
    found = plan(before, wanted, tasks=running, nodes=())
    return View(found, {"node": "host\x1b[31m"})


def test_colours():
    view = _view(lambda spec: spec.task.container.env.append("A=1"))
    text = as_text(view, color=True)
    assert text.startswith("\x1b[1;31mweb: restarts 2 of 2 tasks")
    assert "\x1b[32m+\x1b[0m TaskTemplate.ContainerSpec.Env[0]" in text


def test_nothing_that_a_terminal_obeys_is_printed():
    text = as_text(_view(lambda spec: spec.annotations.labels.update({"a\x1b[2J": "b\nc"})))
    assert "\x1b" not in text
    assert '"b\\nc"' in text


def test_long_values_and_many_tasks_are_cut():
    def change(spec):
        spec.task.container.labels["a"] = "x" * 1000

    text = as_text(_view(change, tasks=60))
    assert "… (1002 characters)" in text
    assert "… and 10 more" in text


def test_changes_stand_on_two_lines_if_long():
    before = _view(lambda spec: setattr(spec.task.container, "image", "y" * 90))
    assert '\n      - "x:1"\n      + "yyy' in as_text(before)


def test_several_refusals_are_listed():
    def change(spec):
        spec.annotations.name = "-"
        spec.task.container.image = ""

    text = as_text(_view(change))
    assert text.count("  refused: ") >= 2
    assert codes.code_of(_view(change)) == 1


def test_a_job_that_does_not_differ_is_left_alone():
    job = pb.Service(id="job")
    job.spec.annotations.name = "job"
    job.spec.task.container.image = "x"
    job.spec.replicated_job.total_completions = 1
    view = View(plan(job, job.spec, tasks=(), nodes=()))
    assert codes.code_of(view) == 0
    assert as_text(view).startswith("job: nothing differs, nothing is written; sent all the same")
    assert codes.code_of(view._replace(is_sent_anyway=True)) == 3


def test_the_manager_drops_what_it_does_not_know():
    stored = service_of("web", 1)
    old = pb.Node(id="node")
    old.manager_status.leader = True
    old.description.engine.engine_version = "20.10.24+dfsg1"
    wanted = pb.Service(spec=stored.spec)
    wanted.spec.task.container.oom_score_adj = 5
    live = LiveService(stored, (task_of(stored, 1),), (old,))

    planned = plan_update(live, wanted.spec)

    assert planned.spec == stored.spec
    assert planned.plan.effect == "nothing"
    (note,) = planning.view_of(planned).notes
    assert note.endswith("TaskTemplate.ContainerSpec.OomScoreAdj.")


def test_notes_are_in_the_document():
    assert report.document(_view(lambda spec: None)._replace(notes=("a",)))["notes"] == ["a"]


def test_a_mistyped_file_is_not_looked_for_among_services(invoke, write):
    done = invoke("plan", "nosuch.json", write("new.json"))
    assert done.code == 1
    assert "nosuch.json: no such file" in done.stderr
