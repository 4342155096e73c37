"""What the API offers, a file for each: its shapes, and its operations with one domain call each."""
