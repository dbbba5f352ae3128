"""``python -m swarmwire``: the command ``swarmwire``."""

from swarmwire.cli.__main__ import main

if __name__ == "__main__":
    main()
