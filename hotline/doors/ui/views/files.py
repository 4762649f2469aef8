"""The bytes of an attachment, for those who may see the request and this file of it."""

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from hotline.cases import queries
from hotline.cases.models import Attachment, Door
from hotline.cases.models.files import FileState
from hotline.cases.services import looking
from hotline.cases.services.files import path_of
from hotline.cases.sight import sight_of
from hotline.doors.ui.middleware import HouseRequest


@require_safe
def download(request: HouseRequest, key: str, variant: str = "") -> HttpResponse | FileResponse:
    """One file by its key. Photos open in the page, everything else is only ever saved."""
    row = Attachment.objects.filter(key=key, state=FileState.READY).first()
    case = queries.visible_to(request.actor).filter(pk=row.case_id).first() if row else None
    if row is None or case is None:
        raise Http404
    sight = sight_of(request.actor, case, at=now())
    if row.pk not in {seen.pk for seen in sight.attachments}:
        raise Http404
    path = path_of(row, variant if row.is_photo else "")
    if not path.exists():
        raise Http404
    looking.looked(sight, by=request.actor, door=Door.FILE, only={"photos"})
    response = FileResponse(path.open("rb"), content_type=row.mime)
    how = "inline" if row.is_photo else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(sight.file_name(row))}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
