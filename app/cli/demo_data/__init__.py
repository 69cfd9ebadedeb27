"""A rehearsal: a regency's worth of invented businesses, goods and orders, lived through the product's own verbs."""
