"""LP3KE (Matriks 1-4, F38-F42), LP2KD (F43), reports of programs (F44), duties of monitoring and evaluation (F57).

Which verification results there are belongs to the field's store; here they are read as a table of facts.
"""
