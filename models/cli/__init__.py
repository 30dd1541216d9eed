"""The headless twin's commands, one module each: ``add(subparsers)`` declares, ``run`` does."""
