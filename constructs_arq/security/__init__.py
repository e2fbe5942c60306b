"""Who may do what, and who may talk to whom: roles, keys, connections."""
