"""Access to the HTTP server: users, tokens, sessions, their scopes, and the log of changes and exports."""
