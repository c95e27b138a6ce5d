"""The scorer that ships with the plug-in: frozen encoder, small trained head."""
