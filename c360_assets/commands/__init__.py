"""What `c360` does, one module per command; heavy imports only where they are used."""
