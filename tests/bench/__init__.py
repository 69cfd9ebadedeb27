"""Tests of the benchmark's own arithmetic; measuring itself is `make bench`."""
