"""examples/tour.sh: what `make run` shows."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tour_ends_with_a_swarm_that_runs_the_new_image():
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [ROOT / "examples" / "tour.sh"],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "shop_web: restarts 4 of 4 tasks" in done.stdout
    assert done.stdout.count("stack shop: converged") == 2
    [line] = [line for line in done.stdout.splitlines() if line.split()[1:2] == ["shop_web"]]
    assert line.split()[3:5] == ["4/4", "shop/web:2"]
