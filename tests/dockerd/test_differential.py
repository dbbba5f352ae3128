import json
import pytest
from tests.dockerd.specs import ACCEPTED
from tests.dockerd.refusals import *
from swarmwire import convert, engine, pb, rules
from swarmwire.errors import *

@pytest.fixture(scope="session")
def ids(dockerd):
    data = "YQ=="
    return {
      "<secret>": dockerd.post("/secrets/create", {"Name":"a-secret","Data":data}).json["ID"],
      "<config>": dockerd.post("/configs/create", {"Name":"a-config","Data":data}).json["ID"],
      "<credentials>": dockerd.post("/configs/create", {"Name":"a-credential-spec","Data":data}).json["ID"],
      "<network>": dockerd.post("/networks/create", {"Name":"a-network","Driver":"overlay"}).json["Id"],
    }
def text_of(body, ids, case):
    text = body if isinstance(body, str) else json.dumps(body)
    for k, v in (ids | {"<name>": case}).items():
        text = text.replace(k, v)
    return text

@pytest.mark.parametrize("case", BY_ENGINE)
def test_e(dockerd, ids, case):
    body = text_of(BY_ENGINE[case], ids, case)
    a = dockerd.request("POST", "/services/create", body)
    spec = engine.adjust_for_api_version(engine.decode(body, engine.ServiceSpec), "1.41")
    try:
        convert.service_spec_to_grpc(spec)
        r = None
    except ConvertError as e:
        r = e.reason
    if (a.status, a.json.get("message")) != (400, r): pytest.fail(f"\nENGINE {a.status} {a.json}\nOURS   {r}", pytrace=False)

@pytest.mark.parametrize("case", BY_MANAGER)
def test_m(dockerd, ids, case):
    body = text_of(BY_MANAGER[case], ids, case)
    a = dockerd.request("POST", "/services/create", body)
    spec = engine.adjust_for_api_version(engine.decode(body, engine.ServiceSpec), "1.41")
    try:
        rules.validate_service_spec(convert.service_spec_to_grpc(spec))
        r = None
    except InvalidSpec as e:
        r = f"rpc error: code = {e.code} desc = {e.reason}"
    if a.json.get("message") != r: pytest.fail(f"\nENGINE {a.status} {a.json}\nOURS   {r}", pytrace=False)

@pytest.mark.parametrize("case", UNREADABLE)
def test_u(dockerd, ids, case):
    body = UNREADABLE[case]
    a = dockerd.request("POST", "/services/create", body)
    try:
        engine.decode(body, engine.ServiceSpec)
        r = None
    except DecodeError as e:
        r = str(e)
    if not r or 'mismatched' in a.message: pytest.fail(f"\nENGINE {a.status} {a.json}\nOURS   {r}", pytrace=False)
    print("\n",a.status, a.json, "\n   ", r)
