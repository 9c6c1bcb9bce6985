"""What one delivery costs: each field case through the command, and hostile things through the inbox, beside their limits."""
