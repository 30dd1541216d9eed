"""The Retrievers workspace."""
