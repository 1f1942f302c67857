"""Measures nearest-neighbor engines in turn on the same vectors; see tools/peers."""
