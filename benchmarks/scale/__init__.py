"""Whether the main job grows as its rows do: every step, model and test at two sizes, and no join that compares pair by pair."""
