"""How much, how late, for how long: dose, timing, courses."""
