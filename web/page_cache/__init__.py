"""Pages everybody sees the same, kept as they were sent: in front of the product, never older than what they tell."""
