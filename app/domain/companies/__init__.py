"""Companies: customers, prospects and partners that are organisations."""
