from flask import Response, send_file

from blueprints.media import bp
from blueprints.media.queries import find, is_for_all
from core import media
from core.config import LIMITS, current
from core.viewer import current_actor


@bp.get("/media/<key>/<size>.webp", permission="media:read")
def picture(key: str, size: str) -> Response:
    """A key never gets another content, so a browser that has it is told so once it may still see it."""
    found = find(current_actor(), key)
    path = media.path_of(current().data / "media", found.key, size)
    response = send_file(path, mimetype="image/webp", etag=f"{found.key}-{size}", conditional=True)
    kept = f"max-age={LIMITS['picture_cache_seconds']}" if is_for_all(found) else "no-cache"
    response.headers["Cache-Control"] = f"private, {kept}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.vary.add("Cookie")
    return response
