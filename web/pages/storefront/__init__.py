"""What anybody sees: home, goods, shops, published figures."""
