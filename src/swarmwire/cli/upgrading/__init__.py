"""``upgrade``: what is compared, the run, and its text."""
