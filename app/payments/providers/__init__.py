"""Money goes in here: one port, one file per way of paying."""
