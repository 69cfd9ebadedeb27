"""Tests of the machine face, over the whole product with its guards."""
