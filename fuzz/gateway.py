"""Fuzz the gateway's server with odd requests: ``python fuzz/gateway.py``; see README.md."""
# ruff: noqa: INP001, T201, S311 - a script and its target, not a package; seeds are no secrets

import argparse
import itertools
import random
import sys
import time

from gateway_target import BrokenPromise, GatewayUnderFire, odd_request


def main() -> int:
    """Send odd requests until something is found, or the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first request")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    arguments = parser.parse_args()
    gateway = GatewayUnderFire()
    end = time.monotonic() + arguments.seconds
    for seed in itertools.count(arguments.seed):
        if time.monotonic() > end:
            print(f"{seed - arguments.seed} requests; the next seed is {seed}")
            break
        data = odd_request(random.Random(seed))
        try:
            gateway.run(data)
        except BrokenPromise as err:
            print(f"seed {seed}: {err}\n{data[:2_000]!r}")
            return 1
    gateway.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
