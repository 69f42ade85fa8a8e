"""Input: records checked and saved, and conversations deleted."""
