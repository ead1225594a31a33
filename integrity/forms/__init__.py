"""Forms parse and show; they decide nothing (design §1)."""
