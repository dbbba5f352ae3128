"""What a stranger writes with the fixture, in a project of his own."""

import pytest

pytest_plugins = ["pytester"]
PLUGIN = ("-p", "swarmwire.testing.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def project(pytester, monkeypatch):
    # whether or not this run has found the plugin by itself
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(
        shop="""
        from swarmwire import pb

        def web(replicas, image="shop/web:1"):
            spec = pb.ServiceSpec()
            spec.annotations.name = "web"
            spec.task.container.image = image
            spec.replicated.replicas = replicas
            return spec

        def deploy(control, spec):
            return control.create_service(pb.CreateServiceRequest(spec=spec)).service

        def states(control):
            tasks = control.list_tasks(pb.ListTasksRequest()).tasks
            return sorted(pb.TaskState.Name(task.status.state) for task in tasks)
        """
    )
    return pytester


def run(project, passed):
    result = project.runpytest_subprocess(*PLUGIN)
    result.assert_outcomes(passed=passed)


def test_services_run_once_the_swarm_has_settled(project):
    project.makepyfile(
        """
        import shop

        def test_deploy(swarm):
            shop.deploy(swarm, shop.web(3))
            assert shop.states(swarm) == []
            swarm.settle()
            assert shop.states(swarm) == ["RUNNING"] * 3
        """
    )
    run(project, 1)


def test_a_client_on_the_socket(project):
    project.makepyfile(
        """
        import pytest
        import shop
        from swarmwire.control import sync

        @pytest.mark.swarm(nodes=5, speed=100)
        def test_deploy(swarm):
            assert len(swarm.nodes) == 5
            with sync.connect(swarm.socket) as control:
                shop.deploy(control, shop.web(2))
                swarm.settle()
                assert shop.states(control) == ["RUNNING"] * 2
        """
    )
    run(project, 1)


def test_clients_see_a_large_swarm_as_it_settled(project):
    project.makepyfile(
        """
        import http.client
        import json
        import socket
        import shop

        class Engine(http.client.HTTPConnection):
            def connect(self):
                self.sock = socket.socket(socket.AF_UNIX)
                self.sock.connect(self.host)

        def asked(swarm, path):
            engine = Engine(swarm.docker_host.removeprefix("unix://"))
            engine.request("GET", path)
            return json.load(engine.getresponse())

        def test_deploy(swarm):
            assert asked(swarm, "/tasks") == []
            shop.deploy(swarm, shop.web(2_000))
            swarm.settle()
            found = asked(swarm, "/tasks")
            assert [task["Status"]["State"] for task in found] == ["running"] * 2_000
            swarm.nodes[0].label(zone="a")
            assert asked(swarm, "/nodes")[0]["Spec"]["Labels"] == {"zone": "a"}
        """
    )
    run(project, 1)


def test_images_that_do_not_exist_are_told(project):
    project.makepyfile(
        """
        import shop

        def test_deploy(swarm):
            swarm.on(shop_fails(), image="shop/web:*")
            shop.deploy(swarm, shop.web(1))
            swarm.advance("3s")
            assert "REJECTED" in shop.states(swarm)

        def shop_fails():
            from swarmwire.embedded import Behaviour
            return Behaviour(reject="No such image: shop/web:1")
        """
    )
    run(project, 1)


def test_the_marker_takes_names_only(project):
    project.makepyfile(
        """
        import pytest

        @pytest.mark.swarm(5)
        def test_deploy(swarm):
            pass
        """
    )
    result = project.runpytest_subprocess(*PLUGIN)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*the marker swarm takes names only*"])
