"""Normal forms: what values mean, whichever way they were written, and how files merge."""
