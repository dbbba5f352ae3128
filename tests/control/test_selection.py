"""Which objects a list with filters shows, however many texts the filters have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmwire import pb
from swarmwire.control.selection import selected

TEXTS = st.lists(st.text("abB", max_size=4), max_size=12)


def networks(names):
    found = []
    for name in names:
        one = pb.Network(id=name.upper())
        one.spec.annotations.name = name
        found.append(one)
    return found


def names_of(found):
    return [one.spec.annotations.name for one in found]


@given(TEXTS, TEXTS)
def test_a_name_begins_with_one_of_many(names, prefixes):
    filters = pb.ListNetworksRequest.Filters(name_prefixes=prefixes)
    wanted = [name for name in names if not prefixes or name.startswith(tuple(prefixes))]
    assert names_of(selected("network", networks(names), filters)) == wanted


@given(TEXTS, TEXTS, TEXTS)
def test_networks_join_names_and_ids_by_and(names, prefixes, ids):
    filters = pb.ListNetworksRequest.Filters(names=prefixes, id_prefixes=ids)
    wanted = [
        name
        for name in names
        if (not prefixes or name in prefixes) and (not ids or name.upper().startswith(tuple(ids)))
    ]
    assert names_of(selected("network", networks(names), filters)) == wanted


@given(TEXTS, TEXTS, TEXTS)
def test_secrets_join_names_and_ids_by_or(names, prefixes, ids):
    secrets = [
        pb.Secret(id=one.id, spec={"annotations": one.spec.annotations}) for one in networks(names)
    ]
    filters = pb.ListSecretsRequest.Filters(name_prefixes=prefixes, id_prefixes=ids)
    folded = tuple(prefix.lower() for prefix in prefixes)
    wanted = [
        name
        for name in names
        if not (prefixes or ids)
        or name.lower().startswith(folded)
        or name.upper().startswith(tuple(ids))
    ]
    assert names_of(selected("secret", secrets, filters)) == wanted


@pytest.mark.parametrize(
    ("labels", "shown"),
    [({"a": "1"}, True), ({"a": ""}, True), ({"a": "2"}, False), ({"a": "1", "b": ""}, False)],
)
def test_labels_must_all_be_there_with_their_values(labels, shown):
    (one,) = networks(["x"])
    one.spec.annotations.labels["a"] = "1"
    filters = pb.ListNetworksRequest.Filters(labels=labels)
    assert bool(selected("network", [one], filters)) == shown
