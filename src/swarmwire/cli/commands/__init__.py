"""One file per command. Each imports click alone; its work is loaded when it runs."""
