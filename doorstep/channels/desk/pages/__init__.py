"""The pages of the desk: each asks the domain once, and shows it."""
