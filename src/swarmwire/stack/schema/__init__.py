"""What a stack file of each version may say."""
