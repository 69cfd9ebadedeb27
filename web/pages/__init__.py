"""Pages by audience: storefront, buying, selling, office, account."""
