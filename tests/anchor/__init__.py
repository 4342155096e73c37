"""Anchors on a chain within the process (eth-tester), reached over HTTP as any node is."""
