"""Planning an update and applying it: what the commands ``plan`` and ``apply`` are made of."""
