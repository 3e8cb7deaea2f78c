// The module's sources follow in the next commits.
