"""Seats and money as several nouns show them."""
