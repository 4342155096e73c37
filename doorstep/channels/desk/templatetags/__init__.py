"""What templates of the desk may use."""
