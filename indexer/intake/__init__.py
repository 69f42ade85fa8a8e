"""What comes in: files taken apart, checked and saved, and conversations deleted."""
