"""Simulated AWS: the account, its resources, the values it returns and the checks it makes."""
