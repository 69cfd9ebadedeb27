"""What goes over the wire; table classes never do."""
