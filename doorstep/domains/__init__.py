"""What the state does. Domains meet each other only through ``api.py``."""
