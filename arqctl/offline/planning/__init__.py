"""What Terraform's resource lifecycle asks of a provider, as pure functions over schema, values and facts."""
