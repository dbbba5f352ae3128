"""What the policy commands share: files read, specs judged offline, and what is said of them."""
