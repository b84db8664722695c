"""The measure of all pages: the least that Flask can answer, on the same server with the same settings."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "hello"
