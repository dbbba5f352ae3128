"""What a gateway asks of a policy: who it is, what it sees, what is hidden, how much it may ask."""

import pytest

from swarmwire import engine, pb
from swarmwire.policy import (
    STACK_LABEL,
    Caller,
    ClientLimits,
    Policy,
    Rate,
    StackCounts,
    TokenBucket,
    UnknownCaller,
    certificate_names,
)
from tests.policy.support import changed, client, message, rules_of, stored

IDENTITIES = """
version = 1
[clients.socket]
socket = "/run/a.sock"
[clients.cert]
cert = ["CN=ci", "SAN=ci.example"]
[clients.uid]
uid = [5, 6]
[clients.all]
socket = "/run/b.sock"
cert = ["CN=all"]
uid = [7]
"""


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        (Caller(socket="/run/a.sock"), "socket"),
        (Caller(socket="/run/a.sock", uid=99), "socket"),
        (Caller(names=frozenset({"CN=ci", "SAN=ci.example", "O=x"})), "cert"),
        (Caller(uid=6), "uid"),
        (Caller(socket="/run/other.sock", uid=6), "uid"),
        (Caller("/run/b.sock", frozenset({"CN=all"}), 7), "all"),
    ],
)
def test_who_is_who(caller, name):
    assert Policy.load(IDENTITIES).client_of(caller).name == name


@pytest.mark.parametrize(
    ("caller", "names"),
    [
        (Caller(), ()),
        (Caller(names=frozenset({"CN=ci"})), ()),
        (Caller(socket="/run/a.sock", uid=5), ("socket", "uid")),
        (Caller("/run/b.sock", frozenset({"CN=all"}), 8), ()),
        (Caller("/run/b.sock", frozenset(), 7), ()),
        (Caller(uid=0), ()),
    ],
)
def test_who_is_nobody_or_two_is_refused(caller, names):
    with pytest.raises(UnknownCaller) as caught:
        Policy.load(IDENTITIES).client_of(caller)
    assert caught.value.names == names


def test_names_of_a_certificate_as_python_gives_it():
    certificate = {
        "subject": ((("organizationName", "shop"),), (("commonName", "ci"),)),
        "subjectAltName": (("DNS", "ci.example"), ("IP Address", "10.0.0.1"), ("DirName", "x")),
        "issuer": ((("commonName", "root"),),),
    }
    assert certificate_names(certificate) == {"O=shop", "CN=ci", "SAN=ci.example", "SAN=10.0.0.1"}
    assert certificate_names(None) == certificate_names({}) == frozenset()


def annotated(kind, name, **labels):
    found = kind()
    found.spec.annotations.name = name
    found.spec.annotations.labels.update(
        {key.replace("_", "."): value for key, value in labels.items()}
    )
    return found


SEEING = """
version = 1
[clients.a]
uid = [1]
read = ["services"]
write = ["services"]
stacks = ["shop"]
see = ["label:traefik.enable=true", "stack:data-*"]
use = { networks = ["proxy"], secrets = ["shared"] }
[clients.all]
uid = [2]
see = ["all"]
"""


def test_what_exists_for_a_client():
    client = Policy.load(SEEING).clients["a"]

    def sees(kind, message):
        return client.sees(kind, message)

    def service(**labels):
        return annotated(pb.Service, "x", **labels)

    stack = STACK_LABEL.replace(".", "_")
    assert sees("service", service(**{stack: "shop"}))
    assert sees("service", service(**{stack: "data-x"}))
    assert sees("service", service(traefik_enable="true"))
    assert not sees("service", service(traefik_enable="false"))
    assert not sees("service", service())
    assert not sees("service", service(**{stack: "bank"}))
    task = pb.Task()
    assert not sees("task", task)
    task.service_annotations.labels[STACK_LABEL] = "shop"
    assert sees("task", task)
    assert sees("network", annotated(pb.Network, "proxy"))
    assert not sees("network", annotated(pb.Network, "bank_net"))
    assert sees("network", annotated(pb.Network, "host", com_docker_swarm_predefined="true"))
    assert sees("secret", annotated(pb.Secret, "shared"))
    assert not sees("config", annotated(pb.Config, "shared"))
    assert sees("node", pb.Node())
    assert Policy.load(SEEING).clients["all"].sees("service", service())


HIDING = """
version = 1
[clients.a]
uid = [1]
read = ["services"]
hide = ["env", "args", "config-data", "options"]
[clients.b]
uid = [2]
read = ["services"]
"""
SECRET = "hush"


def test_what_is_hidden():
    client = Policy.load(HIDING).clients["a"]
    container = engine.ContainerSpec(
        image="x",
        env=[f"PASSWORD={SECRET}", "BARE"],
        args=[SECRET],
        command=["sh", SECRET],
        healthcheck=engine.HealthcheckConfig(test=["CMD-SHELL", SECRET]),
    )
    driver = engine.Driver(name="x", options={"token": SECRET})
    options = engine.VolumeOptions(driver_config=driver)
    container.mounts = [engine.Mount(type="volume", volume_options=options), engine.Mount()]
    spec = engine.ServiceSpec(name="x")
    spec.task_template.container_spec = container
    spec.task_template.log_driver = driver
    service = engine.Service(id="1", spec=spec, previous_spec=spec)
    shown = client.hide("service", service)
    assert SECRET not in engine.encode(shown).decode()
    assert shown.spec.task_template.container_spec.env == ["PASSWORD=***", "BARE"]
    assert shown.spec.task_template.container_spec.healthcheck.test == ["CMD-SHELL", "***"]
    assert shown.spec.task_template.log_driver.options == {"token": "***"}
    assert container.args == [SECRET]
    task = engine.Task(id="1", spec=spec.task_template)
    assert SECRET not in engine.encode(client.hide("task", task)).decode()
    config = engine.Config(id="1", spec=engine.ConfigSpec(name="c", data=SECRET.encode()))
    assert client.hide("config", config).spec.data == b""
    assert config.spec.data == SECRET.encode()
    swarm = engine.Swarm(join_tokens=engine.JoinTokens(worker=SECRET, manager=SECRET))
    everyone = Policy.load(HIDING).clients["b"]
    assert everyone.hide("swarm", swarm).join_tokens == engine.JoinTokens()
    assert everyone.hide("service", service) is service
    node = engine.Node(id="1")
    assert client.hide("node", node) is node


def test_what_is_hidden_in_a_stored_object():
    container = pb.ContainerSpec(image="x", env=[f"A={SECRET}", "BARE"], args=[SECRET])
    container.command.extend(["sh", SECRET])
    container.healthcheck.test.extend(["CMD-SHELL", SECRET])
    service = pb.Service(id="1")
    for spec in (service.spec, service.previous_spec):
        spec.task.container.CopyFrom(container)
        spec.task.log_driver.options.update({"token": SECRET, "url": SECRET})
        spec.task.container.mounts.add().volume_options.driver_config.options["o"] = SECRET
    task = pb.Task(id="2", spec=service.spec.task)
    plugin = pb.Service(id="3")
    plugin.spec.task.generic.kind = "plugin"
    plugin.spec.task.generic.payload.value = SECRET.encode()
    client = Policy.load(HIDING).clients["a"]
    for given in (service, task, plugin):
        before = given.SerializeToString(deterministic=True)
        assert SECRET.encode() in before
        hidden = client.hide_stored(given)
        assert SECRET.encode() not in hidden.SerializeToString()
        assert given.SerializeToString(deterministic=True) == before
    shown = client.hide_stored(task).spec.container
    assert list(shown.env) == ["A=***", "BARE"]
    assert list(shown.healthcheck.test) == ["CMD-SHELL", "***"]
    node = pb.Node(id="4")
    assert client.hide_stored(node) is node


def test_variables_of_plugins_are_hidden():
    client = Policy.load(HIDING).clients["a"]
    spec = engine.ServiceSpec(name="x")
    spec.task_template.plugin_spec = engine.RuntimeSpec(env=[f"A={SECRET}"])
    assert SECRET not in engine.encode(client.hide("service", spec)).decode()


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_bucket_lets_through_what_it_says():
    clock = Clock()
    bucket = TokenBucket(2, 4, clock)
    assert [bucket.take() for _ in range(4)] == [0] * 4
    assert bucket.take() == pytest.approx(0.5)
    clock.now += 0.5
    assert bucket.take() == 0
    assert bucket.take() > 0
    clock.now += 1000
    assert [bucket.take() == 0 for _ in range(5)] == [True] * 4 + [False]
    clock.now -= 50
    assert bucket.take() > 0


def test_requests_and_streams_of_a_client():
    limits = ClientLimits(Rate(requests=1, streams=2), Clock())
    assert [limits.request() == 0 for _ in range(3)] == [True, True, False]
    assert [limits.open_stream() for _ in range(3)] == [True, True, False]
    limits.close_stream()
    assert limits.open_stream()


def test_what_is_open_counts_on_under_another_rate():
    limits = ClientLimits(Rate(requests=5, streams=2, connections=3), Clock())
    assert [limits.open_connection() for _ in range(4)] == [True, True, True, False]
    assert limits.open_stream()
    limits.adjust(Rate(requests=1, streams=1, body=7, connections=2))
    assert limits.body == 7
    assert not limits.open_stream()
    assert [limits.request() == 0 for _ in range(3)] == [True, True, False]
    limits.close_connection()
    assert not limits.open_connection()  # two are open still
    limits.close_connection()
    assert limits.open_connection()


def test_the_work_of_a_client():
    clock = Clock()
    limits = ClientLimits(Rate(), clock)
    assert limits.rest() == 0
    limits.worked(3)  # two more than it has saved up
    assert limits.rest() == pytest.approx(8)
    clock.now += 8
    assert limits.rest() == 0


def test_info_without_what_nobody_needs():
    client = Policy.load(HIDING).clients["b"]
    authority = engine.ExternalCA(url="https://ca.example", options={"key": SECRET})
    swarm_spec = engine.SwarmSpec(ca_config=engine.CAConfig(external_cas=[authority]))
    info = {
        "ID": "n",
        "HttpProxy": f"http://user:{SECRET}@proxy",
        "Labels": [SECRET],
        "RegistryConfig": {"Mirrors": [SECRET]},
        "Swarm": engine.SwarmInfo(
            node_id="n",
            node_addr="10.0.0.1",
            control_available=True,
            remote_managers=[engine.Peer(node_id="n", addr="10.0.0.1:2377")],
            cluster=engine.ClusterInfo(spec=swarm_spec),
        ),
    }
    shown = client.hide("info", info)
    assert list(shown) == list(info)
    assert SECRET not in repr(shown)
    assert "10.0.0.1" not in repr(shown)
    assert shown["Swarm"].control_available
    assert info["Swarm"].node_addr == "10.0.0.1"
    assert info["Swarm"].cluster.spec.ca_config.external_cas == [authority]
    plain = {"Swarm": {"NodeAddr": "10.0.0.1", "ControlAvailable": True}}
    assert client.hide("info", plain)["Swarm"] == {"NodeAddr": "", "ControlAvailable": True}


def test_a_client_with_the_swarm_that_it_asks():
    who = client('max = { services = 2 }\nallow = ["oom"]', use='networks = ["proxy"]')
    asked = []

    def counts(stack, id_):
        asked.append((stack, id_))
        return StackCounts(services=5)

    spec = message(changed())
    spec.task.networks.add(target="n1")
    network = pb.Network(id="n1")
    network.spec.annotations.name = "proxy"
    bound = who.bound(lambda kind, reference: network if reference == "n1" else None, counts)
    assert rules_of(bound.judge_write("service.create", "service", spec, None)) == [
        "stack.services"
    ]
    assert bound.judge_write("service.update", "service", spec, stored(spec)) == ()
    assert rules_of(bound.judge_write("service.remove", "service", None, None)) == [
        "update.foreign"
    ]
    assert asked == [("shop", ""), ("shop", "id1"), ("", "")]
    assert bound.may_read("service") is who.may_read("service")
    assert bound.sees("network", network)
    assert bound.hide("service", spec) is spec
    assert hash(bound) == hash(bound)


@pytest.mark.parametrize("kind", ["service", "services", "info", "logs", "unlock-key", "nonsense"])
def test_kinds_are_read_if_they_are_named(kind):
    who = client(more='read = ["services", "info"]')
    assert who.may_read(kind) is (kind in {"service", "services", "info"})


def test_two_clients_are_not_the_same_though_they_may_do_the_same():
    assert client() != client()
    assert len({client(), client()}) == 2
