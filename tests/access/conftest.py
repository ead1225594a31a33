"""The scene of the domain's tests, for the proofs of access."""

from tests.integrity.conftest import clock, scene

__all__ = ["clock", "scene"]
