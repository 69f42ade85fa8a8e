"""Saved views as mails, and the pages of subscriptions and alerts."""
