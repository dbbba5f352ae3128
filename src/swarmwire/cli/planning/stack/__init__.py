"""What ``docker stack deploy`` would do: the docker command itself is asked, and nothing deployed.

It is run against an engine that knows the swarm's objects, writes down what it is told, and does
nothing of it. So stack files are read as by the docker command that is installed, of any version.
"""
