"""What can be indexed: each dataset is an object, with a package of its own and a place in `registry`."""
