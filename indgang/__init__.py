"""The command line: sets up, starts and watches the parts; checks, evaluates and measures."""
