"""How the judge of both shipped models was trained: its pictures, its labels and its fit."""
