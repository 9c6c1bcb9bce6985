"""The door through which agencies read a decree: prepared files, grants, the API, and the proof of who read what (§3.1.3.3).

It reads sealed decrees and never the warehouse; what a decree holds is decided by the stages before.
"""
