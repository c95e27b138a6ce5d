"""Plug-ins that live inside other programs; copied there by the user, see docs/hosts."""
