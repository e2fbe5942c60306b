"""What every construct stands on: configuration, errors, contracts, the stack, and the fast engine."""
