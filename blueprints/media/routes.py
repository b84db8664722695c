from flask import Response, send_file

from blueprints.media import bp
from blueprints.media.queries import find, find_file, is_for_all
from core import files, media
from core.config import current
from core.limits import LIMITS
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


@bp.get("/files/<key>/<name>", permission="media:read")
def file(key: str, name: str) -> Response:
    """Only ever a download: what is in it came from somebody, and must not run as a page of this site. The name in the
    address is for people; the one that it is kept under goes with it."""
    found = find_file(current_actor(), key)
    path = files.path_of(current().data / "files", found.key)
    kind = files.KINDS.get(found.kind, files.OCTETS)
    response = send_file(path, mimetype=kind, as_attachment=True, download_name=found.name, etag=found.key)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.vary.add("Cookie")
    return response
