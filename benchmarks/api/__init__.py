"""The door under load: pages for many clients, look-ups by NIK, whole streams, beside their goals."""
