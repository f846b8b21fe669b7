"""What a company owes for its plan, and by which provider it pays."""
