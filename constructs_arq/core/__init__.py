"""Base of all constructs: configuration, errors, protocols, the stack, and the patches of the bindings."""
