"""What an environment costs a month, by a dated table of list prices, and what the table lacks."""
