"""Tests through the door."""
