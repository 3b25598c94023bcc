"""A process that holds a file locked until its input ends: ``python -m tests.state.holder FILE``."""

import sqlite3
import sys

connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN IMMEDIATE")
sys.stdout.write("locked\n")
sys.stdout.flush()
sys.stdin.read()
connection.execute("ROLLBACK")
