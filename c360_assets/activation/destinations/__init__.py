"""Where deliveries go: one module per way of delivering."""
