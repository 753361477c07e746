"""Nothing lost: sealed backups that anybody may carry, restores that prove themselves, a monthly drill (R52-R54)."""
