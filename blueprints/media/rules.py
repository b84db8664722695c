from peewee import ModelSelect

from core import video
from core.policy import Actor, Standing, permission, visibility
from models import Video


@visibility(Video, "video")
def videos(query: ModelSelect, actor: Actor) -> ModelSelect:
    """Of what the actor may watch: each kind of thing that has films says which those are."""
    inside = [
        (Video.subject_kind == kind) & Video.subject_id.in_(purpose.inside(actor))
        for kind, purpose in video.purposes().items()
    ]
    gate = inside[0] if inside else Video.id.is_null()
    for other in inside[1:]:
        gate = gate | other
    return query.where(Video.state == "ready", gate)


@permission("media:read", "See a picture, and download a file, that belongs to something one may see", Standing.ANYONE)
def anyone(actor: Actor, thing: object) -> bool:
    return True  # which those are, queries.find and find_file ask the read gate


@permission("video:watch", "Watch a film that belongs to something one may watch", Standing.ANYONE)
def watches(actor: Actor, thing: object) -> bool:
    return True  # which those are, queries.find_video asks the read gate


@permission("video:send", "Send a film, piece by piece, where one may put one")
def sends(actor: Actor, thing: object) -> bool:
    return True  # what for, core/video.py asks whoever declared it
