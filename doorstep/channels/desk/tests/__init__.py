"""The desk, through HTTP and through its door."""
