"""Orders chosen by a seed, recorded and replayed."""
