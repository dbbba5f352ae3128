"""A real engine stores, shows and refuses service specs as swarmwire does.

Docker 20.10 speaks API 1.41; where the newest engine answers otherwise ``differences`` says so.
"""

import re
from http.client import RemoteDisconnected

import pytest

from swarmwire import engine, rules
from swarmwire.errors import ConvertError, DecodeError, InvalidSpec
from tests.dockerd.conversions import body_of, spec_text, there_and_back, to_message
from tests.dockerd.refusals import BY_ENGINE, BY_MANAGER, CRASHES, NEWER, UNREADABLE
from tests.dockerd.specs import ACCEPTED, container

pytestmark = pytest.mark.engine

CREATED, BAD_REQUEST, SERVER_ERROR = 201, 400, 500
STATUS_OF_CODE = {"InvalidArgument": BAD_REQUEST, "Unknown": SERVER_ERROR}

FIELD = re.compile(r"Go struct field \w+\.(\S+) of type")
INDEX_OR_KEY = re.compile(r"\[[^]]*\]")


@pytest.mark.parametrize("case", ACCEPTED)
def test_stored_spec(dockerd, ids, case):
    body = body_of(ACCEPTED[case], case, ids)

    created = dockerd.request("POST", "/services/create", body)
    assert created.status == CREATED, created.body
    stored = spec_text(dockerd.get(f"/services/{created.json['ID']}"))

    assert there_and_back(body, ids) == stored
    assert there_and_back(stored, ids) == stored


@pytest.mark.parametrize("case", BY_ENGINE)
def test_refused_by_engine(dockerd, ids, case):
    body = body_of(BY_ENGINE[case], case, ids)

    answer = dockerd.request("POST", "/services/create", body)
    with pytest.raises(ConvertError) as caught:
        to_message(body, ids)

    assert (answer.status, answer.message) == (BAD_REQUEST, caught.value.reason)


@pytest.mark.parametrize("case", BY_MANAGER)
def test_refused_by_manager(dockerd, ids, case):
    body = body_of(BY_MANAGER[case], case, ids)

    answer = dockerd.request("POST", "/services/create", body)
    with pytest.raises(InvalidSpec) as caught:
        rules.validate_service_spec(to_message(body, ids))

    code = caught.value.code
    assert answer.message == f"rpc error: code = {code} desc = {caught.value.reason}"
    assert answer.status == STATUS_OF_CODE[code]


@pytest.mark.parametrize("case", UNREADABLE)
def test_unreadable(dockerd, case):
    answer = dockerd.request("POST", "/services/create", UNREADABLE[case])
    with pytest.raises(DecodeError) as caught:
        engine.decode(UNREADABLE[case], engine.ServiceSpec)

    assert answer.status == BAD_REQUEST
    named = FIELD.search(answer.message)
    path = INDEX_OR_KEY.sub("", caught.value.path)
    assert path.lower() == (named[1].lower() if named else "")


@pytest.mark.parametrize("case", CRASHES)
def test_no_answer(dockerd, ids, case):
    body = body_of(CRASHES[case], case, ids)

    with pytest.raises(RemoteDisconnected):
        dockerd.request("POST", "/services/create", body)
    with pytest.raises(ConvertError) as caught:
        to_message(body, ids)
    assert caught.value.kind == "missing"


@pytest.mark.parametrize("case", NEWER)
def test_refused_by_20_10_alone(dockerd, ids, case):
    spec, reason = NEWER[case]
    body = body_of(spec, case, ids)

    answer = dockerd.request("POST", "/services/create", body)

    assert (answer.status, answer.message) == (BAD_REQUEST, reason)
    rules.validate_service_spec(to_message(body, ids))


def test_spelling_of_addresses(dockerd, ids):
    """20.10 keeps an address as text, the newest engine as a number."""
    spec = container(DNSConfig={"Nameservers": ["2001:DB8::0"]})
    body = body_of(spec, "spelling-of-addresses", ids)

    created = dockerd.post("/services/create", body).json["ID"]
    stored = spec_text(dockerd.get(f"/services/{created}"))
    dockerd.delete(f"/services/{created}")

    assert there_and_back(body, ids) == stored.replace("2001:DB8::0", "2001:db8::")
