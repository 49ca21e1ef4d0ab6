"""Invented diaries with a known truth."""
