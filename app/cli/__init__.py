"""Operator commands, one file per group."""
