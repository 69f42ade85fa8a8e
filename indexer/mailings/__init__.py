"""Mails that come by themselves: saved views at local times, and alerts on the numbers of reports."""
