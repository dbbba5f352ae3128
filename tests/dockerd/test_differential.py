import json
import pytest
from tests.dockerd.specs import ACCEPTED
from swarmwire import convert, engine, pb

@pytest.fixture(scope="session")
def ids(dockerd):
    data = "YQ=="
    return {
      "<secret>": dockerd.post("/secrets/create", {"Name":"a-secret","Data":data}).json["ID"],
      "<config>": dockerd.post("/configs/create", {"Name":"a-config","Data":data}).json["ID"],
      "<credentials>": dockerd.post("/configs/create", {"Name":"a-credential-spec","Data":data}).json["ID"],
      "<network>": dockerd.post("/networks/create", {"Name":"a-network","Driver":"overlay"}).json["Id"],
    }

def ours(body):
    spec = engine.adjust_for_api_version(engine.decode(body, engine.ServiceSpec), "1.41")
    m = convert.service_spec_to_grpc(spec)
    m = pb.parse(pb.ServiceSpec, m.SerializeToString())
    return engine.encode(convert.service_spec_from_grpc(m)).decode()

def spec_of(a):
    t = a.body.decode()
    return json.dumps(a.json["Spec"], ensure_ascii=False, separators=(",",":"))

@pytest.mark.parametrize("case", ACCEPTED)
def test_x(dockerd, ids, case):
    body = ACCEPTED[case]
    text = body if isinstance(body, str) else json.dumps(body)
    for k, v in (ids | {"<name>": case}).items():
        text = text.replace(k, v)
    a = dockerd.request("POST", "/services/create", text)
    o = ours(text.encode())
    if a.status != 201:
        pytest.fail(f"\nREFUSED {case} {a.body}\nOURS   {o}", pytrace=False)
    got = spec_of(dockerd.get("/services/" + a.json["ID"]))
    if got != o.rstrip("\n"):
        pytest.fail(f"\nENGINE {got}\nOURS   {o}", pytrace=False)
