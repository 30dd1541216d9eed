"""The Encoders workspace."""
