"""What an update of a service changes, and which tasks it restarts. Pure."""
