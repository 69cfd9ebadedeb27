"""Facts written with the sale, and the tables the office publishes from them."""
