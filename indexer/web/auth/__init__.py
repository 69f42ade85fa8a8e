"""Who may send a request: accounts, sessions, tokens, sign-in, and the checks before any route is called."""
