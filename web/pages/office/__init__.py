"""The economic office's desk: verification, statistics, messages."""
