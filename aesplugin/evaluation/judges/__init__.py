"""Which of several models agrees best with one person on their own photos, by what is stored."""
