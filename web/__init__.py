"""The human face: pages in Indonesian that work without JavaScript."""
