"""Three policies that people begin with: readers, CI of one stack, a team with limits."""

TRAEFIK = """
version = 1

[clients.traefik]
socket = "/run/swarmwire/traefik.sock"
read = ["services", "tasks", "nodes", "networks"]     # the smallest set, proven
see = ["label:traefik.enable=true"]                   # other services do not exist for it
hide = ["env", "args"]

[clients.prometheus]
cert = ["CN=prometheus"]
read = ["services", "tasks", "nodes", "networks"]
see = ["all"]
hide = ["env", "args"]
"""
CI = """
version = 1

[audit]
file = "/var/log/swarmwire/audit.jsonl"

[clients.ci-shop]
cert = ["CN=ci-shop"]
read = ["services", "tasks", "nodes", "networks", "secrets", "configs", "info", "logs", "events"]
write = ["services", "networks", "secrets", "configs"]
stacks = ["shop"]
use = { networks = ["proxy"] }
rules = "shop"

[rules.shop]
extends = "strict"
images = ["registry.example/shop/*"]
require = ["constraint:node.role==worker"]
max = { replicas = 8, services = 12 }
mounts = { volumes = true }
allow = ["label:traefik.http.*"]
"""
TEAM = """
version = 1

[clients.data-team]
uid = [2001, 2002]
socket = "/run/swarmwire/data.sock"
group = "data"
read = ["services", "tasks", "nodes", "networks", "secrets", "configs", "info", "logs", "events"]
see = ["stack:data-*", "stack:shared"]
write = ["services", "networks", "secrets", "configs"]
stacks = ["data-*"]
rules = "data"
rate = { requests = 50, streams = 20 }

[rules.data]
extends = "strict"
images = ["registry.example/data/*", "docker.io/library/postgres:16*"]
require = ["digest", "limits", "non-root"]
max = { replicas = 20, memory = "16GiB", cpus = 8.0, pids = 2000, ports = 4 }
ports = ["9000-9099"]
mounts = { volumes = true, bind = ["/srv/data:ro"], tmpfs = "1GiB" }
allow = ["ulimit:nofile<=65536", "log.driver:json-file"]
"""
