"""The code of the function that measures how old the last valid restore is."""
