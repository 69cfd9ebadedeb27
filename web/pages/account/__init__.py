"""Signing in, the own account, the inbox."""
