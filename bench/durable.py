"""The measure of all payments: the least that Flask can do to write one row that outlives a power cut. One connection a
thread, one insert, one commit that waits for the disk; the site's own data folder, so the same disk."""

import os
import sqlite3
import threading
from pathlib import Path

from flask import Flask, Response

app = Flask(__name__)
_path = Path(os.environ["QUANZI_DATA"]) / "durable.sqlite3"
_local = threading.local()


def _connection() -> sqlite3.Connection:
    if not hasattr(_local, "connection"):
        opened = sqlite3.connect(_path, timeout=30, isolation_level=None)
        opened.execute("PRAGMA journal_mode=wal")
        opened.execute("PRAGMA synchronous=full")
        opened.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)")
        _local.connection = opened
    opened = _local.connection
    assert isinstance(opened, sqlite3.Connection)
    return opened


@app.get("/")
def hello() -> str:
    return "hello"


@app.post("/")
def write() -> Response:
    database = _connection()
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO row (body) VALUES ('so it is')")
    database.execute("COMMIT")
    return Response(status=204)
