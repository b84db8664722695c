"""The demo events: what was said in them, and their covers."""
