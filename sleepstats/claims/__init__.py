"""An article's claims held against the nights."""
