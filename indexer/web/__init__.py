"""The HTTP server: the dashboard's page and the API with the same answers as the command line."""
