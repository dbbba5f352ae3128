"""What the commands that ask a live manager share."""
