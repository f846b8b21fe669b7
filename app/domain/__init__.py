"""The features of the business, one folder each."""
