"""Plans end up in logs: nothing in them is a secret."""

import msgspec
import pytest

from swarmwire.plan import plan
from tests.plan.build import changed, node, service, tasks

OLD, NEW = "hunter-old", "hunter-new"


def _set(field, form):
    def change(value):
        def on(spec):
            container = spec.task.container
            getattr(container, field)[:] = [part.format(value) for part in form]

        return on

    return change


def _map(path, key, form="{}"):
    def change(value):
        def on(spec):
            target = spec
            for name in path.split("."):
                target = getattr(target, name)
            target[key] = form.format(value)

        return on

    return change


def _auth(value):
    return lambda spec: setattr(spec.task.container.pull_options, "registry_auth", value)


def _seccomp(value):
    return lambda spec: setattr(spec.task.container.privileges.seccomp, "profile", value.encode())


def _bad_template(value):
    def on(spec):
        spec.task.container.env[:] = [f"PASSWORD={value}{{{{.Nope}}}}"]

    return on


def _bad_volume_label(value):
    def on(spec):
        del spec.task.container.mounts[:]
        mount = spec.task.container.mounts.add(type=1, source="s", target="/t")
        mount.volume_options.labels["secret"] = f"{value}{{{{.Nope}}}}"
        mount.volume_options.driver_config.options["o"] = f"username=u,password={value}"

    return on


PLACES = {
    "credentials": _auth,
    "variable": _set("env", ["DB_PASSWORD={}"]),
    "variable of a key": _set("env", ["AWS_SECRET_ACCESS_KEY={}"]),
    "url": _set("env", ["DATABASE=postgres://user:{}@db/app"]),
    "option": _set("args", ["--password={}"]),
    "next word": _set("args", ["--token", "{}"]),
    "label": _map("annotations.labels", "deploy.token"),
    "container label": _map("task.container.labels", "note", "api_key: {}"),
    "log option": _map("task.log_driver.options", "splunk-token"),
    "seccomp profile": _seccomp,
    "template": _bad_template,
    "volume label": _bad_volume_label,
}


@pytest.mark.parametrize("put", PLACES.values(), ids=PLACES)
def test_no_secret_shows(put):
    current = service()
    put(OLD)(current.spec)
    for wanted in (changed(current.spec, put(NEW)), service().spec):
        answer = plan(current, wanted, tasks=tasks(current), nodes=[node()])
        for text in (repr(answer), msgspec.json.encode(answer).decode()):
            assert OLD not in text
            assert NEW not in text
        assert any(each.hidden or "bytes" in repr(each) for each in answer.differences)


def test_variables_can_all_be_hidden():
    current = service()
    current.spec.task.container.env.extend(["A=1", "FLAG"])

    def change(spec):
        spec.task.container.env[:] = ["A=2", "FLAG", "B=3"]

    shown = plan(current, changed(current.spec, change))
    hidden = plan(current, changed(current.spec, change), hide_env=True)
    assert [each.new for each in shown.differences] == ["A=2", "B=3"]
    assert [each.new for each in hidden.differences] == ["A=…", "B=…"]
    assert not any(each.hidden for each in shown.differences)
    assert all(each.hidden for each in hidden.differences)


def test_what_is_no_secret_shows():
    current = service()
    current.spec.task.container.env.extend(["MONKEY=1"])
    wanted = changed(current.spec, lambda spec: spec.task.container.env.append("KEYBOARD=de"))
    assert plan(current, wanted).differences[0].new == "KEYBOARD=de"
