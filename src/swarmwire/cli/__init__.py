"""The ``swarmwire`` command. The library never imports this room."""
