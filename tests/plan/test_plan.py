"""The plan as a whole: sentences, certainty, wrong arguments."""

import pytest

from swarmwire import plan as package
from swarmwire.errors import ConvertError
from swarmwire.plan import plan
from tests.plan.build import changed, env, node, service, tasks


def test_the_sentence_names_the_cause():
    current = service(4)
    answer = plan(current, changed(current.spec, env), tasks=tasks(current), nodes=[node()])
    assert answer.service == "web"
    assert answer.summary == (
        "restarts 4 of 4 tasks, because TaskTemplate.ContainerSpec.Env changed"
    )


def test_the_sentence_names_three_causes_at_most():
    def change(spec):
        env(spec)
        spec.task.container.env.append("B=1")
        spec.task.container.hostname = "h"
        spec.task.container.dir = "/"
        spec.task.container.user = "u"
        spec.task.force_update = 1

    current = service(1)
    answer = plan(current, changed(current.spec, change))
    prefix = "TaskTemplate.ContainerSpec"
    assert answer.summary == (
        f"restarts 1 of 1 task, because {prefix}.Hostname, {prefix}.Env, {prefix}.Dir"
        " and 2 more changed"
    )


def test_one_replica_more_is_one_task():
    current = service(1)
    wanted = changed(current.spec, lambda spec: setattr(spec.replicated, "replicas", 2))
    assert plan(current, wanted).summary == "adds 1 task, restarts no task"
    assert plan(current, wanted, tasks=tasks(current)).effect == "scales"


def test_exact_with_everything_a_manager_knows():
    current = service()
    answer = plan(current, changed(current.spec, env), tasks=tasks(current))
    assert answer.exactness.exact
    assert answer.exactness.text.startswith("Exact")


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({}, "the tasks of the service would make it exact"),
        ({"exact": False}, "messages read from a manager's socket would make it exact"),
    ],
)
def test_a_guess_tells_what_would_make_it_exact(kwargs, words):
    current = service()
    answer = plan(current, changed(current.spec, env), **kwargs)
    assert not answer.exactness.exact
    assert words in answer.exactness.text


def test_a_spec_alone_is_not_the_service():
    current = service()
    answer = plan(current.spec, changed(current.spec, env), tasks=tasks(current))
    assert "the service would make it exact" in answer.exactness.text
    assert answer.effect == "restarts"


def test_wrong_lists_are_refused_with_their_place():
    current = service()
    with pytest.raises(ConvertError, match=r"^\[1\]: expected pb\.Task, got pb\.Node$"):
        plan(current, current.spec, tasks=[tasks(current)[0], node()])
    with pytest.raises(ConvertError, match=r"expected a list of pb\.Node, got pb\.Node"):
        plan(current, current.spec, nodes=node())


def test_public_names_are_sorted_and_there():
    assert package.__all__ == sorted(package.__all__)
    for name in package.__all__:
        assert getattr(package, name).__doc__ or name == "Effect"
