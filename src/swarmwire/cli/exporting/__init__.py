"""What ``export`` reads, writes and says."""
