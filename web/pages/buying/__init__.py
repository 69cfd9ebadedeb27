"""Cart, checkout, payment, the buyer's orders."""
