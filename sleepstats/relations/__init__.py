"""What went with what: one relation or all, both ways, with a moderator, entangled, around gaps."""
