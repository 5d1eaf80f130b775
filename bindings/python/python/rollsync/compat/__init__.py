"""Modules with the functions of other packages, so that their users change one import."""
