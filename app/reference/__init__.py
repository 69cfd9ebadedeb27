"""Official code lists with their provenance: places, KBLI, size classes; and the regency this installation serves."""
