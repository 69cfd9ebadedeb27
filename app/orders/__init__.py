"""Orders: the cart, the frozen quote, one order per shop, and its way to the buyer."""
