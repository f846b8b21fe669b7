"""The ground floor: which tenant, in which database, under which role; it knows nothing of the app."""
