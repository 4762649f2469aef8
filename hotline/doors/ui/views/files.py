"""The bytes of an attachment, for those who may see the request and this file of it."""

from urllib.parse import quote

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from hotline.cases import queries
from hotline.cases.models import Attachment, Door
from hotline.cases.services import looking
from hotline.cases.services.files import as_sent, name_of, store
from hotline.cases.sight import sight_of
from hotline.doors.ui import errors
from hotline.doors.ui.middleware import HouseRequest
from hotline.drivers.stores import Missing, StoreDown


@require_safe
def download(request: HouseRequest, key: str, variant: str = "") -> HttpResponseBase:
    """One file by its key. Photos open in the page, everything else is only ever saved.

    Whoever may not open it reads the same "not found" as for a key that there is not.
    """
    row = Attachment.objects.filter(key=key).first()
    case = queries.visible_to(request.actor).filter(pk=row.case_id).first() if row else None
    if row is None or case is None or (variant and not row.is_photo):
        raise Http404
    sight = sight_of(request.actor, case, at=now())
    if not sight.opens(row, by=request.actor):
        raise Http404
    variant = variant or ("" if row.is_ready else as_sent(row))
    try:
        content = store().read(name_of(row, variant))
    except Missing:
        raise Http404 from None
    except StoreDown:
        return errors.store_away(request)
    looking.looked(sight, by=request.actor, door=Door.FILE, only={"photos"})
    if request.method == "HEAD":
        content.close()
        return _guarded(HttpResponse(), row, sight.file_name(row), variant)
    return _guarded(StreamingHttpResponse(content), row, sight.file_name(row), variant)


def _guarded(
    response: HttpResponseBase, row: Attachment, name: str, variant: str
) -> HttpResponseBase:
    """Whatever a file holds, no browser makes more of it than a picture or a file to keep."""
    how = "inline" if row.is_photo and row.is_ready else "attachment"
    response["Content-Type"] = row.mime
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Accept-Ranges"] = "none"
    if not variant:
        response["Content-Length"] = str(row.size)
    return response
