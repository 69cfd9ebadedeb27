"""The peer: django-oscar as its own sandbox sets it up, for both measured versions. Runs in a virtual environment of its own."""
