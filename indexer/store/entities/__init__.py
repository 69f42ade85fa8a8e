"""The inputs of documents: conversations, records and the settings of workspaces."""
