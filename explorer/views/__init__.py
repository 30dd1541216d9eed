"""The workspaces, one file or folder each; none imports another."""
