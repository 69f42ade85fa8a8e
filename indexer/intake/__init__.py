"""Input: files taken apart, checked and saved, and conversations deleted."""
