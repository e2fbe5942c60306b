"""Plans, validates and applies resource changes: pure functions over schema, values and facts."""
