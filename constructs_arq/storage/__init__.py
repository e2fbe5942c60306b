"""Where bytes rest, encrypted: buckets, log groups, image registries."""
