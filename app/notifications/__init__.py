"""Telling people: one message, several channels (inbox, e-mail, and a desk where the office sends by WhatsApp)."""
