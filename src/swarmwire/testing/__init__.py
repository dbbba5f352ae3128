"""A whole Swarm for the tests of other tools: without Docker, without root, for any client.

    def test_a_deploy(swarm):                      # pytest's fixture, without an import
        deploy("shop.yml", docker_host=swarm.docker_host)
        swarm.settle()

The same without pytest: ``with BlockingSwarm(nodes=3) as swarm``.
"""

from swarmwire.testing.blocking import BlockingSwarm

__all__ = ["BlockingSwarm"]
