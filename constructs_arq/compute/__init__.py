"""Where work runs outside the cluster, and what spreads it: fleets of instances, load balancers."""
