"""What a file says of its photo: EXIF, maker notes, XMP and IPTC."""
