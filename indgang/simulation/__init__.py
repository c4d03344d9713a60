"""A year of the office in minutes: invented businesses and caseworkers, the real rules and store (see docs/simulation.md)."""
