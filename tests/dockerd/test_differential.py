"""A real engine stores, shows and refuses service specs as swarmwire says of its release."""

import re
from http.client import RemoteDisconnected

import pytest

from swarmwire import engine, rules
from swarmwire.errors import ConvertError, DecodeError, InvalidSpec
from tests.dockerd.conversions import body_of, spec_text, there_and_back, to_message
from tests.dockerd.refusals import BY_ENGINE, BY_MANAGER, BY_SOME, CRASHES, UNREADABLE
from tests.dockerd.specs import ACCEPTED

pytestmark = pytest.mark.engine

CREATED, BAD_REQUEST, SERVER_ERROR = 201, 400, 500
STATUS_OF_CODE = {"InvalidArgument": BAD_REQUEST, "Unknown": SERVER_ERROR}

# Debian's 26.1.5 is built with a newer library of image names than the release itself.
TAKEN_BY_DEBIANS = {("26.1", "image-long-with-its-host"): ""}

FIELD = re.compile(r"Go struct field \w+\.(\S+) of type")
INDEX_OR_KEY = re.compile(r"\[([^]]*)\]")


@pytest.mark.parametrize("case", ACCEPTED)
def test_stored_spec(dockerd, ids, release, case):
    body = body_of(ACCEPTED[case], case, ids)

    created = dockerd.request("POST", "/services/create", body)
    assert created.status == CREATED, created.body
    stored = spec_text(dockerd.get(f"/services/{created.json['ID']}"))

    assert there_and_back(body, ids, release) == stored
    assert there_and_back(stored, ids, release) == stored


@pytest.mark.parametrize("case", BY_ENGINE)
def test_refused_by_engine(dockerd, ids, release, case):
    body = body_of(BY_ENGINE[case], case, ids)

    answer = dockerd.request("POST", "/services/create", body)
    with pytest.raises(ConvertError) as caught:
        to_message(body, ids, release)

    assert (answer.status, answer.message) == (BAD_REQUEST, caught.value.reason)


@pytest.mark.parametrize("case", BY_MANAGER)
def test_refused_by_manager(dockerd, ids, release, case):
    body = body_of(BY_MANAGER[case], case, ids)

    answer = dockerd.request("POST", "/services/create", body)
    with pytest.raises(InvalidSpec) as caught:
        rules.validate_service_spec(to_message(body, ids, release), release=release)

    code = caught.value.code
    assert answer.message == f"rpc error: code = {code} desc = {caught.value.reason}"
    assert answer.status == STATUS_OF_CODE[code]


@pytest.mark.parametrize("case", UNREADABLE)
def test_unreadable(dockerd, release, case):
    answer = dockerd.request("POST", "/services/create", UNREADABLE[case])
    with pytest.raises(DecodeError) as caught:
        engine.decode(UNREADABLE[case], engine.ServiceSpec, release=release)

    assert answer.status == BAD_REQUEST
    named = FIELD.search(answer.message)
    # Newer releases of Go name indices and keys, and the struct that is embedded.
    told = named[1].lower().removeprefix("annotations.") if named else ""
    path = caught.value.path.lower()
    assert told in (INDEX_OR_KEY.sub("", path), INDEX_OR_KEY.sub(r".\1", path))


@pytest.mark.parametrize("case", CRASHES)
def test_no_answer(dockerd, ids, release, case):
    body = body_of(CRASHES[case], case, ids)

    with pytest.raises(RemoteDisconnected):
        dockerd.request("POST", "/services/create", body)
    with pytest.raises(ConvertError) as caught:
        to_message(body, ids, release)
    assert caught.value.kind == "crash"


@pytest.mark.parametrize("case", BY_SOME)
def test_refused_by_some_releases(dockerd, ids, release, case):
    body = body_of(BY_SOME[case], case, ids)

    answer = dockerd.request("POST", "/services/create", body)

    expected = TAKEN_BY_DEBIANS.get((release.name, case), refusal(body, ids, release))
    assert (answer.message if answer.status == BAD_REQUEST else "") == expected


def refusal(body, ids, release):
    """The text with which a release refuses a request; empty if it does not."""
    try:
        rules.validate_service_spec(to_message(body, ids, release), release=release)
    except InvalidSpec as err:
        return f"rpc error: code = {err.code} desc = {err.reason}"
    except ConvertError as err:
        return err.reason
    return ""
