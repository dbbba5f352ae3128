"""Ways out of a Swarm API: each works on a bare engine, and a strict policy refuses all its forms.

What cannot be shown here: rules of Windows, of devices, of plugins that are not there, and those
whose harm is size alone.
"""

import base64
import json
import socket
from functools import partial
from pathlib import Path

import pytest

from swarmwire.gateway.listeners import Listener
from swarmwire.gateway.policed import PolicedClients
from swarmwire.policy import STACK_LABEL, Policy
from tests.gateway.clients.targets import manager_of, served
from tests.policy.escapes import ESCAPES
from tests.policy.support import changed
from tests.support.dockerd import IMAGE, Dockerd, UnixConnection

pytestmark = pytest.mark.engine

MARKER = "of-the-host"
LINE = f"{MARKER}\n"
"""Whole, as only whole lines come as logs at once."""
C = "TaskTemplate.ContainerSpec"

POLICY = """
version = 1

[clients.ci]
socket = "{ci}"
read = ["services", "tasks", "networks", "secrets", "configs", "swarm", "logs"]
see = ["all"]
write = ["services", "networks", "secrets", "configs"]
stacks = ["shop"]
rules = "shop"

[clients.blind]
socket = "{blind}"
read = ["services"]
write = ["services"]
stacks = ["shop"]
rules = "shop"

[rules.shop]
extends = "strict"
images = ["docker.io/library/busybox-static:*", "registry.example/shop/*"]

[clients.mounter]
socket = "{mounter}"
write = ["services"]
stacks = ["shop"]
rules = "volumes"

[rules.volumes]
extends = "shop"
mounts = {{ volumes = true }}
"""


class Escaping:
    """A bare engine, and a strict policy's clients in front of the same swarm."""

    def __init__(self, daemon, sockets):
        self.daemon = daemon
        self._sockets = sockets
        self.folder = daemon.root / "host"
        self.folder.mkdir()
        (self.folder / "file").write_text(LINE)

    def policed(self, method, path, body=None, client="ci", version=None):
        """What a client of the policy is answered: a status and the text of a refusal."""
        connection = UnixConnection(self._sockets[client])
        try:
            data = body if isinstance(body, str | None) else json.dumps(body)
            prefix = f"/v{version or self.daemon.api_version}"
            headers = {} if data is None else {"Content-Type": "application/json"}
            connection.request(method, prefix + path, data, headers)
            response = connection.getresponse()
            told = response.read()
            return response.status, json.loads(told) if told else None
        finally:
            connection.close()

    def refused(self, body, rule, path="/services/create", **how):
        """Whether the policy refuses a request, and by which rule."""
        status, told = self.policed("POST", path, body, **how)
        assert status == 403, told
        assert f"({rule}" in told["message"], told
        return told["message"]

    def run(self, name, script, *, patch=None, version=None):
        """Create a service on the bare engine; ``said`` tells what it prints."""
        body = service(name, script, patch)
        path = f"/v{version or self.daemon.api_version}/services/create"
        made = self.daemon.asked("POST", path, body)
        assert made.status == 201, made.body

    def said(self, name, text):
        """Wait until a service of the bare engine has printed a text."""

        def is_said():
            answer = self.daemon.get(f"/services/{name}/logs?stdout=1&stderr=1")
            return text in answer.body.decode(errors="replace")

        self.daemon.wait_for(f"{text} of {name}", is_said, 60)


def service(name, script, patch=None):
    """A service of the client's own stack, which prints something and goes on."""
    run = ["sh", "-c", f"{script}; sleep 1000"]
    container = {"Image": IMAGE, "Command": run, "StopSignal": "KILL"}
    body = changed({"Name": name, "Mode": {"Replicated": {"Replicas": 1}}}, patch or {})
    body["TaskTemplate"]["ContainerSpec"] = body["TaskTemplate"]["ContainerSpec"] | container
    return body


@pytest.fixture(scope="module")
def escaping(newest):
    with Dockerd(newest) as daemon:
        daemon.init_swarm()
        daemon.import_image()
        sockets = {name: daemon.root / f"{name}.sock" for name in ("ci", "blind", "mounter")}
        policy = Policy.load(POLICY.format(**sockets))

        def listeners(gateway):
            known = PolicedClients(policy, gateway.mirror)
            paths = sockets.values()
            return [Listener(f"unix://{path}", identify=known.identify) for path in paths]

        with served(
            sockets["ci"], partial(manager_of, daemon), listeners=listeners, release=daemon.release
        ):
            found = Escaping(daemon, sockets)
            _foreign(found)
            yield found


def _foreign(escaping):
    """What belongs to another stack."""
    daemon = escaping.daemon
    labels = {STACK_LABEL: "bank"}
    data = base64.b64encode(LINE.encode()).decode()
    daemon.post("/secrets/create", {"Name": "bank_key", "Data": data, "Labels": labels})
    daemon.post("/configs/create", {"Name": "bank_conf", "Data": data, "Labels": labels})
    daemon.post("/networks/create", {"Name": "bank_net", "Driver": "overlay", "Labels": labels})
    longer = {STACK_LABEL: "shop_bank"}
    daemon.post("/secrets/create", {"Name": "shop_bank_key", "Data": data, "Labels": longer})
    for name in ("bank_data", "shop_bank_data"):
        daemon.post("/volumes/create", {"Name": name})
        (daemon.data_root / "volumes" / name / "_data" / "file").write_text(LINE)


def mounts(*given):
    return {"TaskTemplate": {"ContainerSpec": {"Mounts": list(given)}}}


def container(**fields):
    return {"TaskTemplate": {"ContainerSpec": fields}}


def bound_options(folder):
    return {"DriverConfig": {"Options": {"type": "none", "o": "bind", "device": folder}}}


def test_files_of_the_host(escaping):
    """By binds in all their forms, volumes that are binds, and what a template makes of a path."""
    folder = str(escaping.folder)
    climbing = '/srv/{{index .Service.Labels "x"}}'
    forms = {
        "shop_bind": ("mount.bind", {"Type": "bind", "Source": folder}, {}),
        "shop_untyped": ("mount.bind", {"Source": folder}, {}),
        "shop_empty": ("mount.bind", {"Type": "", "Source": folder}, {}),
        "shop_odd": ("mount.bind", {"tYPE": "BiNd", "SOURCE": folder}, {}),
        "shop_template": (
            "mount.template",
            {"Type": "bind", "Source": climbing},
            {"Labels": {"x": f"..{folder}"}},
        ),
        "shop_options": (
            "mount.volume-options",
            {"Type": "volume", "Source": "shop_v", "VolumeOptions": bound_options(folder)},
            {},
        ),
        "shop_anonymous": (
            "mount.volume-options",
            {"Type": "volume", "VolumeOptions": bound_options(folder)},
            {},
        ),
        "shop_foreign": ("mount.volume-name", {"Type": "volume", "Source": "bank_data"}, {}),
    }
    for name, (rule, mount, patch) in forms.items():
        given = {**patch, **mounts({**mount, "Target": "/x"})}
        escaping.refused(service(name, "busybox cat /x/file", given), rule)
        escaping.run(name, "busybox cat /x/file", patch=given)
    for name in forms:
        escaping.said(name, MARKER)


def test_data_of_a_stack_with_a_longer_name(escaping):
    """To an engine ``shop_bank_data`` is as well ``bank_data`` of ``shop``."""
    for source, is_refused in (("shop_bank_data", True), ("shop_data", False)):
        given = mounts({"Type": "volume", "Source": source, "Target": "/x"})
        name = f"{source}_reader"
        body = service(name.replace("bank", "longer"), "busybox cat /x/file", given)
        status, told = escaping.policed("POST", "/services/create", body, client="mounter")
        assert (status, "(mount.volume-name)" in str(told)) == (
            (403, True) if is_refused else (201, False)
        )
    given = mounts({"Type": "volume", "Source": "shop_bank_data", "Target": "/x"})
    escaping.run("shop_longer", "busybox cat /x/file", patch=given)
    escaping.said("shop_longer", MARKER)


def test_rights_over_the_node(escaping):
    """Capabilities, groups, no filter of system calls, settings and limits of the kernel's."""
    status = "busybox grep -E 'CapBnd|^Seccomp:' /proc/self/status"
    forms = {
        "shop_caps": ("cap.add", container(CapabilityAdd=["all"]), status, "CapBnd:\t000001ff"),
        "shop_groups": ("user.groups", container(Groups=["1234"]), "busybox id -G", "1234"),
        "shop_sysctl": (
            "sysctl",
            container(Sysctls={"kernel.msgmax": "4242"}),
            "busybox cat /proc/sys/kernel/msgmax",
            "4242",
        ),
        "shop_ulimit": (
            "ulimit",
            container(Ulimits=[{"Name": "nofile", "Soft": 4343, "Hard": 4343}]),
            "ulimit -n",
            "4343",
        ),
        "shop_tmpfs": (
            "mount.tmpfs",
            mounts({"Type": "tmpfs", "Target": "/x", "TmpfsOptions": {"SizeBytes": 2**40}}),
            "busybox grep ' /x ' /proc/mounts",
            "size=1073741824k",
        ),
        "shop_seccomp": (
            "priv.seccomp",
            container(Privileges={"Seccomp": {"Mode": "unconfined"}}),
            status,
            "Seccomp:\t0",
        ),
    }
    for name, (rule, patch, script, _) in forms.items():
        escaping.refused(service(name, script, patch), rule)
        escaping.run(name, script, patch=patch)
    for name, (*_, text) in forms.items():
        escaping.said(name, text)


def test_the_network_of_the_node(escaping):
    """By the predefined network, in its place and in that of older clients, by name and by id."""
    daemon = escaping.daemon
    own = str(Path(f"/proc/{daemon.pid}/ns/net").readlink())
    (host,) = [one for one in daemon.get("/networks").json if one["Name"] == "host"]
    script = "busybox readlink /proc/self/ns/net"
    newer = {"TaskTemplate": {"Networks": [{"Target": "host"}]}}
    older = {"Networks": [{"Target": "host"}]}
    escaping.refused(service("shop_host", script, newer), "network.host")
    escaping.refused(service("shop_older", script, older), "network.host", version="1.41")
    by_id = {"TaskTemplate": {"Networks": [{"Target": host["Id"]}]}}
    # of the engine's own networks the gateway knows none
    status, told = escaping.policed("POST", "/services/create", service("shop_id", script, by_id))
    assert (status, told["message"]) == (500, f"network {host['Id']} not found")
    escaping.run("shop_id", script, patch=by_id)
    escaping.run("shop_host", script, patch=newer)
    escaping.run("shop_older", script, patch=older, version="1.41")
    for name in ("shop_host", "shop_older", "shop_id"):
        escaping.said(name, own)


def test_what_belongs_to_others(escaping):
    """Secrets, configs and networks of another stack: by name, by id, by the beginning of it."""
    daemon = escaping.daemon
    secret = daemon.get("/secrets/bank_key").json["ID"]
    config = daemon.get("/configs/bank_conf").json["ID"]
    file = {"Name": "/x", "UID": "0", "GID": "0", "Mode": 0o444}
    stolen = {
        "shop_secret": (
            "secret.foreign",
            container(Secrets=[{"SecretID": secret, "SecretName": "bank_key", "File": file}]),
        ),
        "shop_config": (
            "config.foreign",
            container(Configs=[{"ConfigID": config, "ConfigName": "bank_conf", "File": file}]),
        ),
    }
    for name, (rule, patch) in stolen.items():
        escaping.refused(service(name, "busybox cat /x", patch), rule)
        escaping.run(name, "busybox cat /x", patch=patch)
    renamed = container(Secrets=[{"SecretID": secret, "SecretName": "shop_key", "File": file}])
    escaping.refused(service("shop_renamed", "true", renamed), "secret.foreign")
    network = daemon.get("/networks/bank_net").json["Id"]
    for number, target in enumerate(("bank_net", network, network[:12])):
        patch = {"TaskTemplate": {"Networks": [{"Target": target}]}}
        body = service(f"shop_net{number}", "true", patch)
        escaping.refused(body, "network.foreign")
        made = daemon.request("POST", "/services/create", without_tasks(body))
        assert made.status == 201, made.body
    for name in stolen:
        escaping.said(name, MARKER)


def without_tasks(body):
    """The same service, of which nothing runs unless it is global."""
    mode = body["Mode"]
    return body | {"Mode": {"Replicated": {"Replicas": 0}}} if mode.get("Replicated") else body


def test_what_the_engine_sends_for_a_service(escaping):
    """A driver of logs: whatever a container prints goes wherever it says, from the host."""
    path = escaping.daemon.root / "syslog"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(path))
        receiver.settimeout(60)
        driver = {"Name": "syslog", "Options": {"syslog-address": f"unixgram://{path}"}}
        patch = {"TaskTemplate": {"LogDriver": driver}}
        script = f"echo {MARKER}"
        message = escaping.refused(service("shop_log", script, patch), "log.driver")
        assert "(log.option)" in message
        escaping.run("shop_log", script, patch=patch)
        assert MARKER in receiver.recv(4096).decode()


def test_the_memory_of_the_manager(escaping):
    """By a template that doubles what it has: the manager expands it before it answers."""
    doubling = "".join(['{{$a := printf "%999999d" 1}}', '{{$a = printf "%s%s" $a $a}}' * 7])
    body = service("shop_memory", "true", container(Env=[f"A={doubling}{{{{len $a}}}}"]))
    escaping.refused(body, "template.work")
    before = _largest(escaping.daemon.pid)
    made = escaping.daemon.request("POST", "/services/create", without_tasks(body))
    assert made.status == 201
    assert _largest(escaping.daemon.pid) - before > 100 * 2**20


def _largest(pid):
    """How much memory a process had at most, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def test_a_port_of_the_node(escaping):
    for published, mode in ((8443, "ingress"), (8444, "host")):
        port = {"TargetPort": 80, "PublishedPort": published, "PublishMode": mode}
        body = service(f"shop_port_{mode}", "true", {"EndpointSpec": {"Ports": [port]}})
        escaping.refused(body, f"port.{mode}")
        made = escaping.daemon.request("POST", "/services/create", without_tasks(body))
        assert made.status == 201, made.body


def test_a_service_that_holds_the_host_is_not_taken_over(escaping):
    """Of another stack it may not be written; of the own one the stored spec must pass, too."""
    daemon, folder = escaping.daemon, str(escaping.folder)
    held = mounts({"Type": "bind", "Source": folder, "Target": "/x"})
    of_bank = {"Labels": {STACK_LABEL: "bank"}}
    escaping.run("bank_agent", "true", patch={**held, **of_bank})
    escaping.run("shop_agent", "true", patch=held)
    for name, rule in (("bank_agent", "update.foreign"), ("shop_agent", "mount.bind")):
        stored = daemon.get(f"/services/{name}").json
        index = stored["Version"]["Index"]
        spec = service(name, "busybox cat /x/file", held)
        spec["Labels"] = stored["Spec"]["Labels"]
        for reference in (name, stored["ID"], stored["ID"][:9]):
            path = f"/services/{reference}/update?version={index}"
            escaping.refused(spec, rule, path)
            escaping.refused(service(name, "true"), "update.foreign", path)
        status, _ = escaping.policed("POST", path, spec, client="blind")
        assert status == (404 if name == "bank_agent" else 403)
        daemon.post(f"/services/{name}/update?version={index}", spec)
        escaping.said(name, MARKER)
    status, told = escaping.policed("DELETE", "/services/bank_agent")
    assert (status, "(update.foreign)" in told["message"]) == (403, True)


def test_a_roll_back_to_what_is_refused_is_refused(escaping):
    daemon, folder = escaping.daemon, str(escaping.folder)
    held = mounts({"Type": "bind", "Source": folder, "Target": "/x"})
    escaping.run("shop_back", "busybox cat /x/file", patch=held)
    index = daemon.get("/services/shop_back").json["Version"]["Index"]
    clean = service("shop_back", "echo clean")
    daemon.post(f"/services/shop_back/update?version={index}", clean)
    escaping.said("shop_back", "clean")
    daemon.wait_for("the update to end", lambda: _has_come_to_rest(daemon, "shop_back"), 60)
    index = daemon.get("/services/shop_back").json["Version"]["Index"]
    path = f"/services/shop_back/update?version={index}&rollback=previous"
    escaping.refused(clean, "mount.bind", path)
    daemon.post(path, clean)
    spec = daemon.get("/services/shop_back").json["Spec"]
    assert spec["TaskTemplate"]["ContainerSpec"]["Mounts"][0]["Source"] == folder


def _has_come_to_rest(daemon, name):
    return daemon.get(f"/services/{name}").json["UpdateStatus"]["State"] == "completed"


def test_keys_of_the_swarm(escaping):
    """Tokens, the unlock key, settings, nodes and networks with a driver or subnet of their own."""
    daemon = escaping.daemon
    assert daemon.get("/swarm").json["JoinTokens"]["Manager"].startswith("SWMTKN")
    status, swarm = escaping.policed("GET", "/swarm")
    assert (status, swarm["JoinTokens"]) == (200, {"Worker": "", "Manager": ""})
    assert daemon.get("/swarm/unlockkey").json.keys() == {"UnlockKey"}
    assert escaping.policed("GET", "/swarm/unlockkey")[0] == 403
    spec, index = swarm["Spec"], swarm["Version"]["Index"]
    assert escaping.policed("POST", f"/swarm/update?version={index}", spec)[0] == 403
    (node,) = daemon.get("/nodes").json
    path = f"/nodes/{node['ID']}/update?version={node['Version']['Index']}"
    assert escaping.policed("POST", path, node["Spec"])[0] in (403, 404)
    labels = {STACK_LABEL: "shop"}
    ipam = {"Config": [{"Subnet": "10.77.0.0/24"}]}
    for name, fields in (
        ("shop_l2", {"Driver": "macvlan", "Scope": "swarm"}),
        ("shop_subnet", {"Driver": "overlay", "IPAM": ipam}),
        ("shop_open", {"Driver": "overlay", "Attachable": True}),
        ("bank_other", {"Driver": "overlay"}),
    ):
        body = {"Name": name, "Labels": labels, **fields}
        escaping.refused(
            body, "network.name" if name == "bank_other" else "network.create", "/networks/create"
        )
        assert daemon.request("POST", "/networks/create", body).status == 201


UNKNOWN = {"swap"}
"""Rules on what this release of the engine does not know yet: it is dropped on the way."""


def test_a_bare_engine_takes_what_the_policy_refuses(escaping):
    """Every way out of the list, without tasks: nothing but the policy refuses it.

    Two forms of images and networks the manager refuses as well; their rules have others.
    """
    daemon, taken = escaping.daemon, set()
    for name, stack in (("bank_default", "bank"), ("proxy", "edge"), ("shop_net", "shop")):
        body = {"Name": name, "Driver": "overlay", "Labels": {STACK_LABEL: stack}}
        daemon.post("/networks/create", body)
    ids = {
        '"s1"': json.dumps(daemon.get("/secrets/bank_key").json["ID"]),
        '"c1"': json.dumps(daemon.get("/configs/bank_conf").json["ID"]),
    }
    for number, escape in enumerate(ESCAPES):
        text = json.dumps(changed(escape.patch))
        for short, id_ in ids.items():
            text = text.replace(short, id_)
        status, told = escaping.policed("POST", "/services/create", text)
        if escape.rule in UNKNOWN:
            assert status == 201
            daemon.delete(f"/services/{told['ID']}")
            continue
        assert status == 403, (escape, told)
        assert f"({escape.rule})" in told["message"], (escape, told)
        body = json.loads(text) | {"Name": f"taken{number}"}
        made = daemon.request("POST", "/services/create", without_tasks(body))
        if made.status == 201:
            taken.add(escape.rule)
            daemon.delete(f"/services/{made.json['ID']}")
    assert taken == {escape.rule for escape in ESCAPES} - UNKNOWN
