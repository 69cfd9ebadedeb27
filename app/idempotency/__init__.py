"""The same form or call sent twice acts once and answers the same."""
