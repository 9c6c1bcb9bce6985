"""The door under load (issue 8): pages for many clients, look-ups by NIK, whole streams, beside their goals."""
