"""Photos as the frozen encoder saw them, kept on disk and given in batches."""
