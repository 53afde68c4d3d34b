"""What may be published, to whom, and under which rules; pure, without Dagster."""
