"""Benchmarks of `./kith bench`: what a promise costs, measured on a stack of its own."""
