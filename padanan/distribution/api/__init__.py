"""The HTTP side of the door: addresses, problems, streams, and the OpenAPI description.

What may be read is decided by `gate`; here it is asked, written down and sent.
"""
