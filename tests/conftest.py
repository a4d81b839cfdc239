"""What all tests share: hypothesis draws the same cases every time, so that a run judges the code and not the dice."""

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.load_profile("same")
