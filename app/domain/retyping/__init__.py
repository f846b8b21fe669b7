"""Fields of a company's own become of another kind: only where every value fits, beside all work."""
