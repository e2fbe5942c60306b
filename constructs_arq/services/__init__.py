"""Services in a cluster: web services, workers and jobs, with ingress, scaling and secrets."""
