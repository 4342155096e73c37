"""Messages and events that are written with the act they tell of, and sent afterwards, once."""
