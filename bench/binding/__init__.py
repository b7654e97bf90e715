"""What a user waits for before the first step: importing, binding, first runs."""
