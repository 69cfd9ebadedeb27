"""The register of businesses: who they are, what was checked, by whom, until when."""
