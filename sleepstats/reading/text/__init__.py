"""Bytes to text cells with their line numbers; nothing is interpreted."""
