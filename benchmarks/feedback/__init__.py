"""How much the intake of feedback and a state cost, by the number of rows."""
