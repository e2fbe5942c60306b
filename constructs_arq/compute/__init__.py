"""EC2 fleets and load balancers."""
