"""The public dashboards (F19, F32, F54, F58): pages and tables made from the suppressed figures of sealed decrees alone.

Counting and covering is `distribution.aggregate`'s; nothing here opens a file that holds a person.
"""
