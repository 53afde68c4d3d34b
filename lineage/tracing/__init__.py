"""What trace and find read: the ledger, sources, deliveries and matches at a moment, and how they are told."""
