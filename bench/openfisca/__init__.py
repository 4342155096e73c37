"""OpenFisca beside Doorstep: what the benchmarks share."""
