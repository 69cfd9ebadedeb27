"""Doors for the messages of gateways."""
