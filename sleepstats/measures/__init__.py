"""Measures of one night, and between nights; each definition stands where it is computed."""
