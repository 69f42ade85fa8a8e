"""The datasets: each is an object, with a package of its own and a place in `registry`."""
