"""Money coming in: two routes (straight to the seller, or through the platform), one way of settling."""
