"""A witnessed, append-only log: what was done can be proved to anybody, and a changed past is caught."""
