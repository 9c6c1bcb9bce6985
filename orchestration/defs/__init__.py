"""What Dagster loads: one folder per stage, and automation."""
