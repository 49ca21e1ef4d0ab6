"""Several people: each answered alone, then pooled."""
