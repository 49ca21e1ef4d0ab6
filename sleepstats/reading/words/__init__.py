"""What the words of a header mean."""
