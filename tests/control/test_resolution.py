"""Names and ids, as dockerd takes them."""

import asyncio

import pytest

from swarmwire.control import KINDS, AmbiguousReference, NoSuchObject, resolve
from swarmwire.control.testing import FakeManager
from tests.cli_live.conftest import service, task


def found(fake, reference, kind="service"):
    return asyncio.run(resolve(fake, KINDS[kind], reference)).id


@pytest.fixture
def fake():
    return FakeManager()


@pytest.fixture
def several(fake):
    fake.put(service("abc", id_="id1"), service("id1x", id_="abd"), service("Abc", id_="id3"))
    return fake


def test_an_id_comes_first(several):
    several.put(service("id1", id_="other"))
    assert found(several, "id1") == "id1"


def test_a_name_comes_before_the_beginning_of_an_id(several):
    several.put(service("ab", id_="named"))
    assert found(several, "ab") == "named"


def test_names_have_a_case(several):
    assert found(several, "abc") == "id1"
    assert found(several, "Abc") == "id3"


def test_the_beginning_of_one_id(several):
    assert found(several, "abd") == "abd"
    assert found(several, "ab") == "abd"


def test_the_beginning_of_several_ids_is_ambiguous(several):
    with pytest.raises(AmbiguousReference, match=r"^service id is ambiguous \(2 matches found\)$"):
        found(several, "id")


@pytest.mark.parametrize("reference", ["cow", ""])
def test_nothing_is_not_found(several, reference):
    with pytest.raises(NoSuchObject, match=f"^service {reference} not found$"):
        found(several, reference)


def test_a_task_has_a_long_name(fake):
    web = service("web")
    fake.put(web, task(web, 1, "t1"))
    assert found(fake, "web.1.t1", "task") == "t1"


def test_a_node_is_called_as_its_host(fake):
    (node,) = fake.objects("node")
    assert found(fake, "manager", "node") == node.id
