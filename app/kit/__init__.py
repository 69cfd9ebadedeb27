"""Helpers with no business in them: money, clock, ids, slugs, paging, signing, phone, logs."""
