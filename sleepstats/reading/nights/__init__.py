"""The rows of a draft to one row a night, and the account of every row."""
