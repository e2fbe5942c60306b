"""The reference application: an API, a site, and the images that its environments need."""
