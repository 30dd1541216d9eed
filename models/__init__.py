"""The science of Contrastive Explorer. No Qt, and no work at import."""
