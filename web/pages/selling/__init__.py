"""The seller's desk: business, shop, goods, orders."""
