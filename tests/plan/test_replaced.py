"""What takes the place of what."""

import pytest

from swarmwire.plan import plan
from tests.plan.build import changed, codes, node, service, tasks


@pytest.mark.parametrize("kind", ["Secret", "Config"])
@pytest.mark.parametrize("name", ["v2", "v1"])
def test_secrets_and_configs_are_replaced(kind, name):
    word = kind.lower()

    def use(number, text):
        def change(spec):
            references = getattr(spec.task.container, f"{word}s")
            del references[:]
            references.add(
                **{f"{word}_id": number, f"{word}_name": text, "file": {"name": "app.conf"}}
            )

        return change

    current = service()
    use("id1", "v1")(current.spec)
    answer = plan(current, changed(current.spec, use("id2", name)))
    assert codes(answer) == [f"{word}-replaced"]
    told = answer.traps[0]
    assert told.path == f"TaskTemplate.ContainerSpec.{kind}s[0]"
    assert ("of the same name" if name == "v1" else "v1 is replaced by v2") in told.text


def test_networks_are_replaced_by_name():
    current = service()
    current.spec.task.networks.add(target="id1")

    def other(spec):
        spec.task.networks[0].target = "id2"

    answer = plan(current, changed(current.spec, other), names={"id1": "front", "id2": "back"})
    assert answer.traps[0].text == "network front is replaced by back."
    same = plan(current, changed(current.spec, other), names={"id1": "front", "id2": "front"})
    assert same.traps[0].text.endswith("of the same name.")
    assert codes(plan(current, current.spec)) == ["previous-spec-overwritten"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("nginx:1", "nginx:1@sha256:" + "a" * 64, "only its digest is added"),
        ("nginx:1@sha256:" + "a" * 64, "nginx:1", "taken away"),
        ("nginx:1@sha256:" + "a" * 64, "nginx:1@sha256:" + "b" * 64, "another image now"),
        ("nginx:1", "nginx:2", None),
    ],
)
def test_digests(old, new, words):
    current = service()
    current.spec.task.container.image = old
    answer = plan(
        current, changed(current.spec, lambda spec: setattr(spec.task.container, "image", new))
    )
    assert codes(answer) == ([] if words is None else ["image-digest"])
    assert words is None or words in answer.traps[0].text


def test_credentials_are_dropped():
    current = service()
    current.spec.task.container.pull_options.registry_auth = "c2VjcmV0"
    wanted = changed(current.spec, lambda spec: spec.task.container.ClearField("pull_options"))
    answer = plan(current, wanted, tasks=tasks(current), nodes=[node()])
    assert codes(answer) == ["credentials-dropped"]
    assert answer.effect == "metadata only"


def test_volumes_are_kept():
    def volume(option):
        def change(spec):
            del spec.task.container.mounts[:]
            spec.task.container.mounts.add(type=0, source="/srv", target="/srv")
            mount = spec.task.container.mounts.add(type=1, source="data", target="/data")
            mount.volume_options.driver_config.name = "local"
            mount.volume_options.driver_config.options["device"] = option

        return change

    current = service()
    volume(":/a")(current.spec)
    answer = plan(current, changed(current.spec, volume(":/b")))
    assert codes(answer) == ["volume-kept"]
    assert answer.traps[0].path == "TaskTemplate.ContainerSpec.Mounts[1].VolumeOptions"
