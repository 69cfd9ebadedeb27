"""Who did what to which record, for whom, through which door. Insert-only; sealed into a hash chain by the worker."""
