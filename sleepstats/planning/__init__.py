"""How many nights an answer takes."""
