"""The running service: settings, logging, assembly and the command line."""
