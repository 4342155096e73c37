"""How people reach the state. A channel holds no domain logic."""
