"""The machine face: JSON under /api/v1, RFC 9457 problems, webhooks of gateways."""
