"""The finder: a copy of the catalogue arranged for search; always rebuildable, two engines behind one port."""
