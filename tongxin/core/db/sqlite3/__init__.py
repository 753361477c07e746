"""Django's SQLite backend; threads of one process queue for the write lock. Engines are told apart by `sqlite3`."""
