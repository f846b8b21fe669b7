"""Finding across everything that a company has: records of all kinds, and its conversations."""
