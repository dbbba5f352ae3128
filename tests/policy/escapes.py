"""Each way out of a Swarm API as a service that tries it: where it is refused, what opens it."""

from typing import Any, NamedTuple

from swarmwire.policy import STACK_LABEL
from tests.policy.support import container, mount, task

C = "TaskTemplate.ContainerSpec"
M = f"{C}.Mounts[0]"
SEVERAL = 64 * 1024


class Escape(NamedTuple):
    rule: str
    patch: dict[str, Any]
    path: str
    rules: str = ""
    """Lines of a set of rules that open it."""
    use: str = ""
    harmless: dict[str, Any] | None = None
    """Where nothing opens it: the same without what is wrong."""


def networks(**fields):
    return task(Networks=[fields])


def port(**fields):
    return {"EndpointSpec": {"Ports": [{"TargetPort": 80, **fields}]}}


def volume_options(**fields):
    return mount(Type="volume", Source="shop_data", VolumeOptions=fields)


VOLUMES = "mounts = { volumes = true }"
HARMLESS_VOLUME = mount(Type="tmpfs", TmpfsOptions={"SizeBytes": 1})

ESCAPES = [
    Escape("mount.bind", mount(Type="bind", Source="/etc"), f"{M}.Source",
           'mounts = { bind = ["/etc"] }'),
    Escape("mount.bind", mount(Source="/"), f"{M}.Source", 'mounts = { bind = ["/"] }'),
    Escape("mount.bind", mount(Type="", Source="/var/run/docker.sock"), f"{M}.Source",
           'mounts = { bind = ["/var/run/docker.sock"] }'),
    Escape("mount.bind", mount(Type="BiNd", Source="/etc"), f"{M}.Source",
           'mounts = { bind = ["/etc"] }'),
    Escape("mount.bind", mount(Type="bind", Source="C:"), f"{M}.Source",
           harmless=HARMLESS_VOLUME, rules='mounts = { tmpfs = "1MiB" }'),
    Escape("mount.template", mount(Type="bind", Source="/srv/{{.Node.ID}}"), f"{M}.Source",
           'mounts = { bind = ["/srv"] }', harmless=mount(Type="bind", Source="/srv/x")),
    Escape("mount.template", mount(Type="volume", Source="", Target="/{{.Node.ID}}"),
           f"{M}.Target", f'{VOLUMES}\nallow = ["mount.template"]'),
    Escape("mount.template", volume_options(Labels={"x": "{{.Node.ID}}"}),
           f"{M}.VolumeOptions.Labels", f'{VOLUMES}\nallow = ["mount.template"]'),
    Escape("mount.template", volume_options(Subpath="{{.Node.ID}}"), f"{M}.VolumeOptions.Subpath",
           VOLUMES, harmless=volume_options(Subpath="x")),
    Escape("mount.template", volume_options(DriverConfig={"Options": {"device": "/{{.Node.ID}}"}}),
           f"{M}.VolumeOptions.DriverConfig.Options",
           f'{VOLUMES}\nallow = ["mount.volume-options:device=/{{{{.Node.ID}}}}"]'),
    Escape("mount.traversal", mount(Type="bind", Source="/srv/../etc"), f"{M}.Source",
           'mounts = { bind = ["/srv"] }', harmless=mount(Type="bind", Source="/srv//x/")),
    Escape("mount.traversal", volume_options(Subpath="a/../../b"), f"{M}.VolumeOptions.Subpath",
           VOLUMES, harmless=volume_options(Subpath="a..b")),
    Escape("mount.propagation",
           mount(Type="bind", Source="/srv", BindOptions={"Propagation": "rshared"}),
           f"{M}.BindOptions.Propagation",
           'mounts = { bind = ["/srv"] }\nallow = ["mount.propagation:rshared"]'),
    Escape("mount.volume-driver", volume_options(DriverConfig={"Name": "rexray"}),
           f"{M}.VolumeOptions.DriverConfig.Name",
           f'{VOLUMES}\nallow = ["mount.volume-driver:rexray"]'),
    Escape("mount.volume-options",
           mount(Type="volume", VolumeOptions={
               "DriverConfig": {"Options": {"type": "none", "o": "bind", "device": "/etc"}}}),
           f"{M}.VolumeOptions.DriverConfig.Options",
           f'{VOLUMES}\nallow = ["mount.volume-options:device=/etc;o=bind;type=none"]'),
    Escape("mount.volume-options",
           volume_options(DriverConfig={"Options": {"device": "/etc;o=bind", "type": "none"}}),
           f"{M}.VolumeOptions.DriverConfig.Options",
           f'{VOLUMES}\nallow = ["mount.volume-options:device=/etc;o=bind;type=none"]',
           harmless=volume_options(DriverConfig={"Options": {
               "device": "/etc", "o": "bind", "type": "none"}})),
    Escape("mount.volume-name", mount(Type="volume", Source="bank_data"), f"{M}.Source",
           VOLUMES, use='volumes = ["bank_data"]'),
    Escape("mount.volume-name", mount(Type="volume", Source="shop_/../../etc"), f"{M}.Source",
           VOLUMES, harmless=mount(Type="volume", Source="shop_etc")),
    Escape("mount.volume-name", mount(Type="volume", Source=""), f"{M}.Type", VOLUMES),
    Escape("mount.npipe", mount(Type="npipe", Source="\\\\.\\pipe\\docker_engine"), f"{M}.Type",
           'mounts = { tmpfs = "1MiB" }', harmless=HARMLESS_VOLUME),
    Escape("mount.cluster", mount(Type="cluster", Source="group:data"), f"{M}.Source",
           'allow = ["mount.cluster:group:data"]'),
    Escape("mount.tmpfs", mount(Type="tmpfs"), f"{M}.TmpfsOptions.SizeBytes",
           'mounts = { tmpfs = "64MiB" }', harmless=HARMLESS_VOLUME),
    Escape("mount.tmpfs", mount(Type="tmpfs", TmpfsOptions={"SizeBytes": 2**40}),
           f"{M}.Type", 'mounts = { tmpfs = "1TiB" }'),
    Escape("mount.tmpfs",
           mount(Type="tmpfs", TmpfsOptions={"SizeBytes": 1, "Options": [["exec"], ["suid"]]}),
           f"{M}.TmpfsOptions.Options",
           'mounts = { tmpfs = "1MiB" }\nallow = ["mount.tmpfs:exec", "mount.tmpfs:suid"]'),
    Escape("cap.add", container(CapabilityAdd=["SYS_ADMIN"]), f"{C}.CapabilityAdd[0]",
           'allow = ["cap.add:SYS_ADMIN"]'),
    Escape("cap.add", container(CapabilityAdd=["cap_net_raw"]), f"{C}.CapabilityAdd[0]",
           'allow = ["cap.add:CAP_NET_RAW"]'),
    Escape("cap.add", container(CapabilityAdd=["ALL"]), f"{C}.CapabilityAdd[0]",
           'allow = ["cap.add:ALL"]'),
    Escape("priv.seccomp", container(Privileges={"Seccomp": {"Mode": "unconfined"}}),
           f"{C}.Privileges.Seccomp.Mode", 'allow = ["priv.seccomp:unconfined"]'),
    Escape("priv.seccomp", container(Privileges={"Seccomp": {"Profile": "e30="}}),
           f"{C}.Privileges.Seccomp.Mode", 'allow = ["priv.seccomp:custom"]'),
    Escape("priv.apparmor", container(Privileges={"AppArmor": {"Mode": "disabled"}}),
           f"{C}.Privileges.AppArmor.Mode", 'allow = ["priv.apparmor"]'),
    Escape("priv.selinux", container(Privileges={"SELinuxContext": {"Type": "spc_t"}}),
           f"{C}.Privileges.SELinuxContext", 'allow = ["priv.selinux"]'),
    Escape("priv.credential-spec", container(Privileges={"CredentialSpec": {"File": "x.json"}}),
           f"{C}.Privileges.CredentialSpec.File", 'allow = ["priv.credential-spec"]'),
    Escape("user.groups", container(Groups=["docker"]), f"{C}.Groups[0]",
           'allow = ["user.groups:docker"]'),
    Escape("user.groups", container(User="1000:6"), f"{C}.User", 'allow = ["user.groups:6"]'),
    Escape("user.groups", container(User=":disk"), f"{C}.User", 'allow = ["user.groups:disk"]'),
    Escape("sysctl", container(Sysctls={"net.ipv4.ip_forward": "1"}), f"{C}.Sysctls",
           'allow = ["sysctl:net.ipv4.*"]'),
    Escape("ulimit", container(Ulimits=[{"Name": "nofile", "Soft": 9, "Hard": 65536}]),
           f"{C}.Ulimits[0].Name", 'allow = ["ulimit:nofile<=65536"]'),
    Escape("ulimit", container(Ulimits=[{"Name": "memlock", "Soft": -1, "Hard": -1}]),
           f"{C}.Ulimits[0].Name", 'allow = ["ulimit:memlock<=9"]',
           harmless=container(Ulimits=[{"Name": "memlock", "Soft": 9, "Hard": 9}])),
    Escape("oom", container(OomScoreAdj=-500), f"{C}.OomScoreAdj", 'allow = ["oom"]'),
    Escape("isolation", container(Isolation="process"), f"{C}.Isolation",
           'allow = ["isolation:process"]'),
    Escape("image", container(Image="nginx"), f"{C}.Image",
           'images = ["docker.io/library/nginx:latest"]'),
    Escape("image", container(Image="registry.example/shop"), f"{C}.Image",
           'images = ["registry.example/shop:*"]'),
    Escape("image", container(Image="sha256:" + "a" * 64), f"{C}.Image",
           'images = ["*"]', harmless=container(Image="x@sha256:" + "a" * 64)),
    Escape("image", container(Image="a" * 64), f"{C}.Image",
           'images = ["*"]', harmless=container(Image="any.example/x")),
    Escape("stop.grace", container(StopGracePeriod=3_600_000_000_000), f"{C}.StopGracePeriod",
           'allow = ["stop.grace"]'),
    Escape("health", container(Healthcheck={"Test": ["CMD", "x"], "Interval": 1_000_000}),
           f"{C}.Healthcheck.Interval", 'allow = ["health"]'),
    Escape("health", container(Healthcheck={"Test": ["CMD", "x"], "StartInterval": 1_000_000}),
           f"{C}.Healthcheck.StartInterval", 'allow = ["health"]'),
    Escape("device.env", container(Env=["A=1", "NVIDIA_VISIBLE_DEVICES=all"]), f"{C}.Env[1]",
           'allow = ["device.env:NVIDIA_VISIBLE_DEVICES"]'),
    Escape("device.env", container(Env=["DOCKER_RESOURCE_GPU=all"]), f"{C}.Env[0]",
           'allow = ["device.env:DOCKER_RESOURCE_GPU"]'),
    Escape("device.env", container(Env=["MTHREADS_VISIBLE_DEVICES=all"]), f"{C}.Env[0]",
           'allow = ["device.env:MTHREADS_*"]'),
    Escape("env.automation", container(Env=["VIRTUAL_HOST=bank.example"]), f"{C}.Env[0]",
           'allow = ["env.automation:VIRTUAL_HOST"]'),
    *(Escape("template.work", container(Env=["B=1", f"A={text}"]), f"{C}.Env[1]",
             'allow = ["template.work"]') for text in (
        '{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}',
        "{{range .Service.Labels}}x{{end}}",
        '{{printf "%999999d" 1}}',
        '{{"\\\\"|js|js|js|js}}',
        '{{$a := "x"}}{{$a = print $a $a}}',
        '{{with join "" .Task.Name .Task.Name}}{{with join "" . .}}{{.}}{{end}}{{end}}',
        '{{ "}}" | print }}',
        "{{ /* x */ print 1 }}",
    )),
    Escape("template.work", container(Env=["A=" + "{{.Task.Slot}}" * 50] * 2 + ["B={{.}}"]),
           f"{C}.Env", 'allow = ["template.work"]'),
    Escape("template.work", container(Hostname="{{html 1}}"), f"{C}.Hostname",
           'allow = ["template.work"]'),
    Escape("template.work", mount(Type="volume", Source="shop_x", Target="/{{slice .Task.Name 1}}"),
           f"{M}.Target", f'{VOLUMES}\nallow = ["template.work", "mount.template"]'),
    Escape("env.size", container(Env=["A=" + "x" * SEVERAL]), f"{C}.Env", 'allow = ["env.size"]'),
    Escape("reservation", task(Resources={"Reservations": {"MemoryBytes": 2**31}}),
           "TaskTemplate.Resources.Reservations.MemoryBytes",
           'max = { memory = "1GiB" }',
           harmless=task(Resources={"Reservations": {"MemoryBytes": 2**30},
                                    "Limits": {"MemoryBytes": 2**30}})),
    Escape("reservation", task(Resources={"Reservations": {"NanoCPUs": 2 * 10**9}}),
           "TaskTemplate.Resources.Reservations.NanoCPUs",
           "max = { cpus = 1 }",
           harmless=task(Resources={"Reservations": {"NanoCPUs": 10**9},
                                    "Limits": {"NanoCPUs": 10**9}})),
    Escape("swap", task(Resources={"Limits": {"MemoryBytes": 2**30}, "SwapBytes": 2**31}),
           "TaskTemplate.Resources.SwapBytes", 'allow = ["swap"]'),
    Escape("swap", task(Resources={"MemorySwappiness": 0}),
           "TaskTemplate.Resources.MemorySwappiness", 'allow = ["swap"]'),
    Escape("device.generic", task(Resources={"Reservations": {"GenericResources": [
        {"DiscreteResourceSpec": {"Kind": "gpu", "Value": 1}}]}}),
        "TaskTemplate.Resources.Reservations.GenericResources[0]",
        'allow = ["device.generic:gpu"]'),
    Escape("network.host", networks(Target="host"), "TaskTemplate.Networks[0].Target",
           'allow = ["network.host"]'),
    Escape("network.bridge", networks(Target="bridge"), "TaskTemplate.Networks[0].Target",
           'allow = ["network.bridge"]'),
    Escape("network.bridge", networks(Target="ingress"), "TaskTemplate.Networks[0].Target",
           'allow = ["network.bridge"]'),
    Escape("network.foreign", networks(Target="bank_default"), "TaskTemplate.Networks[0].Target",
           use='networks = ["bank_default"]'),
    Escape("network.alias", task(Networks=[{"Target": "proxy"}], ContainerSpec={"Hostname": "db"}),
           f"{C}.Hostname", 'allow = ["network.alias:db"]', 'networks = ["proxy"]'),
    Escape("network.alias", networks(Target="proxy", Aliases=["shop_web", "db"]),
           "TaskTemplate.Networks[0].Aliases[1]", 'allow = ["network.alias:db"]',
           use='networks = ["proxy"]'),
    Escape("network.driver-opts", networks(Target="shop_net", DriverOpts={"mtu": "9000"}),
           "TaskTemplate.Networks[0].DriverOpts", 'allow = ["network.driver-opts:mtu"]'),
    Escape("port.ingress", port(PublishedPort=8080), "EndpointSpec.Ports[0].PublishedPort",
           'ports = ["8000-8099"]'),
    Escape("port.host", port(PublishedPort=8080, PublishMode="host"),
           "EndpointSpec.Ports[0].PublishedPort", 'host = ["8080"]'),
    Escape("port.dynamic", port(), "EndpointSpec.Ports[0].PublishedPort",
           'ports = ["32000-32767", "30000-31999"]'),
    Escape("port.dynamic", port(PublishMode="host"), "EndpointSpec.Ports[0].PublishedPort",
           'host = ["32768-60999"]'),
    Escape("port.reserved", port(PublishedPort=2377), "EndpointSpec.Ports[0].PublishedPort",
           'ports = ["1-65535"]', harmless=port(PublishedPort=2378)),
    Escape("port.reserved", port(PublishedPort=22, PublishMode="host"),
           "EndpointSpec.Ports[0].PublishedPort", 'host = ["1-65535"]',
           harmless=port(PublishedPort=23, PublishMode="host")),
    Escape("log.driver", task(LogDriver={"Name": "syslog"}), "TaskTemplate.LogDriver.Name",
           'allow = ["log.driver:syslog"]'),
    Escape("log.option",
           task(LogDriver={"Name": "syslog", "Options": {"syslog-tls-ca-cert": "/etc/shadow"}}),
           "TaskTemplate.LogDriver.Options",
           'allow = ["log.driver:syslog", "log.option:syslog-tls-ca-cert"]'),
    Escape("replicas", {"Mode": {"Replicated": {"Replicas": 100_000}}}, "Mode.Replicated.Replicas",
           "max = { replicas = 100_000 }"),
    Escape("replicas.global", {"Mode": {"Replicated": None, "Global": {}}}, "Mode.Global",
           'allow = ["global"]'),
    Escape("replicas.global", {"Mode": {"Replicated": None, "GlobalJob": {}}}, "Mode.GlobalJob",
           'allow = ["replicas.global"]'),
    Escape("update.config", task(RestartPolicy={"Condition": "any", "Delay": 0}),
           "TaskTemplate.RestartPolicy.Delay", 'allow = ["update.config"]'),
    *(Escape("update.config", task(RestartPolicy={"Condition": "any", "Delay": 0, **more}),
             "TaskTemplate.RestartPolicy.Delay", 'allow = ["update.config"]') for more in (
        {"MaxAttempts": 101},
        {"MaxAttempts": 2**63},
        {"MaxAttempts": 1, "Window": 1_000_000},
        {"MaxAttempts": 10, "Window": 9_000_000_000},
    )),
    Escape("label.namespace", {"Labels": {STACK_LABEL: "bank"}}, f"Labels[{STACK_LABEL}]",
           harmless={}),
    Escape("label.namespace", container(Labels={STACK_LABEL: "bank"}),
           f"{C}.Labels[{STACK_LABEL}]", harmless=container(Labels={STACK_LABEL: "shop"})),
    Escape("label.reserved", {"Labels": {"com.docker.swarm.service.id": "x"}},
           "Labels[com.docker.swarm.service.id]", harmless={"Labels": {"com.example.swarm": "x"}}),
    Escape("label.reserved", container(Labels={"com.docker.network.x": "y"}),
           f"{C}.Labels[com.docker.network.x]", harmless=container(Labels={"team": "y"})),
    Escape("label.automation", {"Labels": {"traefik.http.routers.x.rule": "Host(`bank.example`)"}},
           "Labels[traefik.http.routers.x.rule]", 'allow = ["label:traefik.*"]'),
    Escape("label.automation", container(Labels={"ofelia.job-exec.x.command": "sh"}),
           f"{C}.Labels[ofelia.job-exec.x.command]",
           'allow = ["label.automation:ofelia.job-exec.*=s*"]'),
    Escape("label.automation", {"Labels": {"Chadburn.job-run.x.command": "sh"}},
           "Labels[Chadburn.job-run.x.command]", 'allow = ["label:Chadburn.*"]'),
    Escape("label.automation", {"Labels": {"bunkerweb.SERVER_NAME": "bank.example"}},
           "Labels[bunkerweb.SERVER_NAME]", 'allow = ["label:bunkerweb.*"]'),
    Escape("label.automation", container(Labels={"com.datadoghq.ad.checks": "{}"}),
           f"{C}.Labels[com.datadoghq.ad.checks]", 'allow = ["label:com.datadoghq.*"]'),
    Escape("label.automation", container(Labels={"co.elastic.logs/module": "nginx"}),
           f"{C}.Labels[co.elastic.logs/module]", 'allow = ["label:co.elastic.*"]'),
    Escape("label.size", {"Labels": {"a": "x" * SEVERAL}}, "Labels", 'allow = ["label.size"]'),
    Escape("name", {"Name": "bank_web"}, "Name", harmless={"Name": "shop_x"}),
    Escape("name", {"Name": "shop_"}, "Name", harmless={"Name": "shop_x"}),
    Escape("secret.foreign", container(Secrets=[
        {"SecretID": "s1", "SecretName": "bank_key", "File": {"Name": "k"}}]),
        f"{C}.Secrets[0].SecretID", use='secrets = ["bank_key"]'),
    Escape("config.foreign", container(Configs=[
        {"ConfigID": "c1", "ConfigName": "bank_conf", "File": {"Name": "k"}}]),
        f"{C}.Configs[0].ConfigID", use='configs = ["bank_conf"]'),
    Escape("config.foreign", container(Configs=[
        {"ConfigID": "c1", "ConfigName": "bank_conf", "Runtime": {}}]),
        f"{C}.Configs[0].ConfigID", use='configs = ["bank_conf"]'),
]  # fmt: skip
"""What a strict policy refuses."""

REQUIRED = [
    Escape("priv.no-new-privileges", container(Privileges={"NoNewPrivileges": False}),
           f"{C}.Privileges.NoNewPrivileges", 'require = ["no-new-privileges"]',
           harmless=container(Privileges={"NoNewPrivileges": True})),
    *(Escape("user.root", container(User=user), f"{C}.User", 'require = ["non-root"]',
             harmless=container(User="1:1")) for user in ("", "0", "00", "root", "0:5", "web")),
    Escape("readonly", {}, f"{C}.ReadOnly", 'require = ["read-only"]',
           harmless=container(ReadOnly=True)),
    Escape("image.digest", {}, f"{C}.Image", 'require = ["digest"]',
           harmless=container(Image="registry.example/shop/web:1@sha256:" + "a" * 64)),
    Escape("limits.required", task(Resources={"Limits": {"MemoryBytes": 5 * 2**20}}),
           "TaskTemplate.Resources.Limits.Pids", 'require = ["limits"]',
           harmless=task(Resources={"Limits": {
               "MemoryBytes": 5 * 2**20, "NanoCPUs": 10**8, "Pids": 10}})),
    Escape("limits.required", {}, "TaskTemplate.Resources.Limits.MemoryBytes",
           'max = { memory = "1GiB" }',
           harmless=task(Resources={"Limits": {"MemoryBytes": 2**30}})),
    Escape("limits.required", task(Resources={"Limits": {"NanoCPUs": 2 * 10**9}}),
           "TaskTemplate.Resources.Limits.NanoCPUs", "max = { cpus = 1.5 }",
           harmless=task(Resources={"Limits": {"NanoCPUs": 15 * 10**8}})),
    Escape("placement.manager", task(Placement={"Constraints": ["node.role != manager"]}),
           "TaskTemplate.Placement.Constraints", 'require = ["constraint:node.role==worker"]',
           harmless=task(Placement={"Constraints": ["x.y != z", "node.role ==Worker"]})),
    Escape("port.count", port(PublishedPort=8080), "EndpointSpec.Ports",
           'ports = ["8080"]\nmax = { ports = 0 }', harmless={}),
]  # fmt: skip
"""What is refused only because a policy requires something else."""

ALLOWED = {
    "mount.docker-files": (
        mount(Type="tmpfs", Target="/run/secrets", TmpfsOptions={"SizeBytes": 1}),
        'mounts = { tmpfs = "1MiB" }',
    ),
    "env.template": (
        container(
            Env=[
                "NODE={{.Node.Hostname}}",
                'TEAM={{ index .Service.Labels "a}" }}',
                "FIRST={{- if and (eq .Task.Slot 1) (not false) -}} y {{else}}{{/* x */}}n{{end}}",
                "PLAIN=}} {x}",
            ]
        ),
        "",
    ),
    "hosts": (container(Hostname="{{.Node.ID}}", Hosts=["1.2.3.4 a"], DNSConfig={}), ""),
    "process": (
        container(Init=True, TTY=True, Dir="/", Command=["sh"], Args=["-c", "x"], StopSignal="9"),
        "",
    ),
    "cap.drop": (container(CapabilityDrop=["ALL"]), ""),
    "port.names": ({"EndpointSpec": {"Mode": "dnsrr"}}, ""),
    "placement.spread": (
        task(Placement={"MaxReplicas": 1, "Preferences": [{"Spread": {"SpreadDescriptor": "x"}}]}),
        "",
    ),
    "file.target": (
        container(
            Secrets=[
                {
                    "SecretID": "s",
                    "SecretName": "shop_key",
                    "File": {"Name": "/etc/key", "UID": "0", "GID": "0", "Mode": 511},
                }
            ]
        ),
        "",
    ),
}
"""What every policy allows, with what else it needs."""
