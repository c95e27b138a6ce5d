"""The judge: what both shipped models make of a photo, from one pass of the frozen encoder."""
