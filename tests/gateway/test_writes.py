"""Writes: what a manager is sent, what is answered, and what is there at once afterwards."""

import pytest

from tests.gateway.asking import Client, gateway_of, spec


async def test_what_was_written_is_there_at_once(client):
    made = await client.post("/services/create", spec())
    assert (made.status, made.json["Warnings"]) == (201, None)
    found = await client.get(f"/services/{made.json['ID']}")
    assert found.json["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "busybox:1"
    assert [one["ID"] for one in (await client.get("/services")).json] == [made.json["ID"]]
    gone = await client.delete("/services/web")
    assert (gone.status, gone.body) == (200, b"")
    assert tuple(await client.get("/services/web")) == (404, "service web not found")
    assert (await client.get("/services")).body == b"[]\n"


async def version_of(client, path):
    return (await client.get(path)).json["Version"]["Index"]


async def test_an_update_names_the_version_that_it_changes(client):
    await client.post("/services/create", spec())
    index = await version_of(client, "/services/web")
    stale = await client.post(f"/services/web/update?version={index - 1}", spec(image="busybox:2"))
    assert tuple(stale) == (500, "rpc error: code = Unknown desc = update out of sequence")
    done = await client.post(f"/services/web/update?version={index}", spec(image="busybox:2"))
    assert (done.status, done.json) == (200, {"Warnings": None})
    found = (await client.get("/services/web")).json
    images = [
        found[key]["TaskTemplate"]["ContainerSpec"]["Image"] for key in ("Spec", "PreviousSpec")
    ]
    assert images == ["busybox:2", "busybox:1"]


async def test_a_rollback_passes_over_the_body(client):
    await client.post("/services/create", spec())
    index = await version_of(client, "/services/web")
    path = "/services/web/update?version={}&rollback=previous"
    first = await client.post(path.format(index), spec())
    assert first.status == 400
    assert "does not have a previous spec" in first.message
    await client.post(f"/services/web/update?version={index}", spec(image="busybox:2"))
    index = await version_of(client, "/services/web")
    assert (await client.post(path.format(index), spec(image="other"))).status == 200
    found = (await client.get("/services/web")).json
    assert found["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "busybox:1"


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        (
            "",
            400,
            "invalid service version '': strconv.ParseUint: parsing \"\": invalid syntax",
        ),
        ("version=1&registryAuthFrom=x", 400, "invalid registryAuthFrom 'x'"),
        ("version=1&rollback=x", 500, "unrecognized rollback option x"),
        (
            "version=1&registryAuthFrom=previous-spec",
            500,
            "service does not have a previous spec",
        ),
    ],
)
async def test_parameters_of_an_update_that_are_refused(client, query, status, text):
    await client.post("/services/create", spec())
    assert tuple(await client.post(f"/services/web/update?{query}", spec())) == (status, text)


def auth_of(manager):
    (service,) = manager.objects("service")
    return service.spec.task.container.pull_options.registry_auth


async def test_credentials_are_stored_as_they_came_and_kept(client, manager):
    await client.post("/services/create", spec(), x_registry_auth="not base64!")
    assert auth_of(manager) == "not base64!"
    index = await version_of(client, "/services/web")
    await client.post(f"/services/web/update?version={index}", spec(image="busybox:2"))
    assert auth_of(manager) == "not base64!"
    index = await version_of(client, "/services/web")
    path = f"/services/web/update?version={index}"
    await client.post(path, spec(image="busybox:3"), x_registry_auth="e30=")
    assert auth_of(manager) == "e30="
    index = await version_of(client, "/services/web")
    path = f"/services/web/update?version={index}&registryAuthFrom=previous-spec"
    await client.post(path, spec(image="busybox:4"))
    assert auth_of(manager) == "not base64!"
    assert b"not base64!" not in (await client.get("/services/web")).body


async def test_networks_of_a_service_are_named_by_id(client, manager):
    made = await client.post("/networks/create", {"Name": "net", "Driver": "overlay"})
    body = spec()
    body["TaskTemplate"]["Networks"] = [{"Target": "net", "Aliases": ["db"]}]
    await client.post("/services/create", body)
    (service,) = manager.objects("service")
    assert [one.target for one in service.spec.task.networks] == [made.json["Id"]]
    body["Name"] = "other"
    body["TaskTemplate"]["Networks"] = [{"Target": "nope"}]
    assert tuple(await client.post("/services/create", body)) == (500, "network nope not found")


async def test_networks_of_old_clients_are_named_by_id(manager):
    """Through 28.5 engines store what stands at the top of a spec, too."""
    async with gateway_of(manager, release="28.5") as gateway:
        client = Client(gateway)
        made = await client.post("/networks/create", {"Name": "net", "Driver": "overlay"})
        await client.post("/services/create", spec(Networks=[{"Target": "net"}]))
        (service,) = manager.objects("service")
        assert [one.target for one in service.spec.networks] == [made.json["Id"]]
        answer = await client.post("/services/create", spec("b", Networks=[{"Target": "nope"}]))
        assert tuple(answer) == (500, "network nope not found")


async def test_a_driver_that_no_node_has_is_refused(client, manager):
    for driver in ("weave", "Overlay"):
        answer = await client.post("/networks/create", {"Name": "net", "Driver": driver})
        assert tuple(answer) == (404, f'plugin "{driver}" not found')
    wanted = {"Name": "net", "Driver": "weave"}
    secret = {"Name": "s", "Driver": {"Name": "vault"}}
    answer = await client.post("/secrets/create", secret)
    text = 'rpc error: code = Unknown desc = plugin "vault" not found'
    assert tuple(answer) == (500, text)
    node = manager.objects("node")[0]
    node.description.engine.plugins.add(type="Network", name="weave")
    node.description.engine.plugins.add(type="secretprovider", name="vault")
    manager.put(node)
    assert (await client.post("/networks/create", wanted)).status == 201
    assert (await client.post("/secrets/create", secret)).status == 201


async def test_a_field_that_cannot_be_read_is_named(client):
    answer = await client.post("/services/create", spec(Labels={"a": 1}))
    text = "invalid JSON: cannot unmarshal number into string, in field Labels[a]"
    assert tuple(answer) == (400, text)


async def test_old_clients_lose_what_they_cannot_have_meant(client, manager):
    body = spec()
    body["TaskTemplate"]["ContainerSpec"]["Sysctls"] = {"net.ipv4.ip_forward": "1"}
    client.version = "1.39"
    await client.post("/services/create", body)
    client.version = "1.40"
    await client.post("/services/create", body | {"Name": "new"})
    found = {
        one.spec.annotations.name: one.spec.task.container for one in manager.objects("service")
    }
    assert (len(found["web"].sysctls), len(found["new"].sysctls)) == (0, 1)


async def test_old_clients_hear_that_no_registry_was_asked(client):
    client.version = "1.29"
    made = await client.post("/services/create", spec())
    assert made.json["Warnings"][0].startswith("image busybox:1 could not be accessed")
    pinned = spec("pinned", "busybox@sha256:" + "0" * 64)
    assert (await client.post("/services/create", pinned)).json["Warnings"] is None


async def test_services_without_a_name_get_one_each(client):
    made = [await client.post("/services/create", spec("")) for _ in range(2)]
    assert [one.status for one in made] == [201, 201]


async def test_a_name_that_is_taken(client):
    await client.post("/services/create", spec())
    answer = await client.post("/services/create", spec())
    text = "name conflicts with an existing object: service web already exists"
    assert tuple(answer) == (409, f"rpc error: code = AlreadyExists desc = {text}")


@pytest.mark.parametrize("kind", ["secret", "config"])
async def test_secrets_and_configs(client, kind, manager):
    made = await client.post(f"/{kind}s/create", {"Name": "x", "Data": "YWJj"})
    assert made.status == 201
    found = (await client.get(f"/{kind}s/x")).json
    assert found["Spec"].get("Data") == (None if kind == "secret" else "YWJj")
    index = found["Version"]["Index"]
    body = {"Name": "x", "Labels": {"a": "b"}}
    bad = await client.post(f"/{kind}s/x/update?version=x", body)
    assert tuple(bad) == (400, f"invalid {kind} version")
    assert (await client.post(f"/{kind}s/x/update?version={index}", body)).status == 200
    assert (await client.get(f"/{kind}s/x")).json["Spec"]["Labels"] == {"a": "b"}
    (stored,) = manager.objects(kind)
    assert stored.spec.data == b"abc"
    gone = await client.delete(f"/{kind}s/x")
    assert (gone.status, gone.body) == (204, b"")
    assert tuple(await client.get(f"/{kind}s/x")) == (404, f"{kind} x not found")


async def test_templates_need_a_version_that_has_them(client):
    client.version = "1.36"
    body = {"Name": "x", "Data": "YQ==", "Templating": {"Name": "golang"}}
    assert tuple(await client.post("/secrets/create", body)) == (
        400,
        "secret templating is not supported on the specified API version: 1.36",
    )


TWO_POOLS = (
    "invalid network config:\n"
    "* invalid ip-range 10.1.0.0/28: parent subnet 10.99.0.0/24 doesn't contain ip-range\n"
    "* invalid gateway 10.1.0.1: parent subnet 10.99.0.0/24 doesn't contain this address"
)
NETWORK = {"Name": "net", "Driver": "overlay"}


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        ({"Driver": "overlay"}, 400, "invalid name: name is empty"),
        (NETWORK | {"Name": "ingress"}, 409, "network with name ingress already exists"),
        (
            NETWORK | {"Name": "none"},
            403,
            "operation is not permitted on predefined none network ",
        ),
        (
            NETWORK | {"Scope": "local"},
            403,
            "cannot downgrade network scope for overlay networks",
        ),
        (
            NETWORK | {"EnableIPv4": False},
            400,
            "IPv4 cannot be disabled in a Swarm scoped network",
        ),
        (
            NETWORK | {"IPAM": {"Config": [{"Subnet": "10.99.0.7/24"}]}},
            400,
            "invalid network config:\ninvalid subnet 10.99.0.7/24: it should be 10.99.0.0/24",
        ),
        (
            NETWORK
            | {
                "IPAM": {
                    "Config": [
                        {"Subnet": "10.99.0.0/24", "IPRange": "10.1.0.0/28", "Gateway": "10.1.0.1"}
                    ]
                }
            },
            400,
            TWO_POOLS,
        ),
    ],
)
async def test_networks_that_no_manager_hears_of(client, body, status, text):
    assert tuple(await client.post("/networks/create", body)) == (status, text)


async def test_networks_that_nothing_uses_can_be_pruned(client):
    for name in ("used", "unused"):
        await client.post("/networks/create", {"Name": name, "Driver": "overlay"})
    body = spec()
    body["TaskTemplate"]["Networks"] = [{"Target": "used"}]
    await client.post("/services/create", body)
    assert (await client.post("/networks/prune")).json == {"NetworksDeleted": ["unused"]}
    names = [one["Name"] for one in (await client.get("/networks")).json]
    assert sorted(names) == ["ingress", "used"]


async def test_a_node_is_updated(client):
    (node,) = (await client.get("/nodes")).json
    path = f"/nodes/{node['ID']}/update?version={node['Version']['Index']}"
    assert tuple(await client.post(path, {"Role": "manager"})) == (
        400,
        'invalid Availability: ""',
    )
    body = {"Role": "manager", "Availability": "drain", "Labels": {"a": "b"}}
    assert (await client.post(path, body)).status == 200
    (node,) = (await client.get("/nodes")).json
    assert node["Spec"] == {"Labels": {"a": "b"}, "Role": "manager", "Availability": "drain"}


async def test_the_swarm_is_updated_and_its_tokens_are_rotated(client):
    before = (await client.get("/swarm")).json
    path = f"/swarm/update?version={before['Version']['Index']}&rotateWorkerToken=true"
    spec_ = before["Spec"] | {"Labels": {"a": "b"}}
    assert (await client.post(path, spec_)).status == 200
    after = (await client.get("/swarm")).json
    assert after["Spec"]["Labels"] == {"a": "b"}
    assert after["JoinTokens"]["Worker"] != before["JoinTokens"]["Worker"]
    assert after["JoinTokens"]["Manager"] == before["JoinTokens"]["Manager"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("init", 503), ("join", 503), ("leave", 501), ("unlock", 409)],
)
async def test_what_only_a_node_can_do(client, path, status):
    assert (await client.post(f"/swarm/{path}", {})).status == status
