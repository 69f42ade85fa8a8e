"""What documents are computed from: conversations, records and the settings of workspaces."""
