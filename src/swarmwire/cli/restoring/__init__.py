"""What ``restore`` is made of: the run, what is shown, the journal, waiting for the services."""
