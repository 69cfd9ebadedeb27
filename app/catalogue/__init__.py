"""Shops and what they sell: words, prices, stock, pictures."""
