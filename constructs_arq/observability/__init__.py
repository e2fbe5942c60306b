"""Who hears of what: alarms made from what constructs hand out, their routes, and a dashboard of them."""
