"""Jobs, schedules and sensors over the stages' assets.

No asset is defined here.
"""
