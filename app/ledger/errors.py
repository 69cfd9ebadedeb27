"""Faults of the money book: all of them are faults of ours, none is a person's."""


class BookFault(Exception):
    """A posting that must not be made: unbalanced, empty, or another posting under a key that is taken."""
