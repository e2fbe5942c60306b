"""Provider schemas: the arguments of each resource type, read from the installed CDKTF bindings."""
