"""From what a file's numbers mean to sRGB: profiles, code points, tone mapping, bit depths."""
