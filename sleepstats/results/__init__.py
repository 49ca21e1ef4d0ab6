"""What an answer is, and the sentence that says it."""
