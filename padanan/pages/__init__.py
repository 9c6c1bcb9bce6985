"""What pages and papers are made of: tables, pictures, words, layout, workbook, templates and fonts.

What stands on a page is decided by the stage that makes it.
"""
