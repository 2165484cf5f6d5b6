"""Side-by-side benchmarks; each is a module of its own that README.md explains."""
