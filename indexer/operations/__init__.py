"""What operators see, as typed values: commands, checks and pages read them here, and print them."""
