"""The ways a message leaves the product."""
