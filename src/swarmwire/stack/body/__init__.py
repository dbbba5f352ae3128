"""From normal forms to bodies of the Engine API, one file per object or part of one."""
