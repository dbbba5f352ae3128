"""``check``: examine each object, and report what is found."""
