"""Keys of the paging service: `arqctl paging`."""
