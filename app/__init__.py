"""Pasar Etam, the product: it knows no HTTP, no HTML and no search engine."""
