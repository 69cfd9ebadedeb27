"""The money book: double entry, whole rupiah, append-only."""
