"""What holds for all tests: a slow machine fails no property test."""

from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
