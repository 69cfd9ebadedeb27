"""The business register: who runs which business where, what of it was checked, by whom, until when."""
