"""Code that all parts of arqctl share: assemblies, settings, synthesis, errors, files, console output."""
