"""The pages that readers see: a module for each."""
