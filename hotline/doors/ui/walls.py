"""What every answer asks of the browser, whatever made it: a page, a file, a style sheet, an error."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

UNUSED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
    "microphone", "midi", "payment", "usb",
)  # fmt: skip
WALLS = {
    "Cross-Origin-Resource-Policy": "same-origin",  # no other site shows our pictures as its own
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
}


def walled(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Close what our pages never use; Django and django-csp set the other headers of this kind."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in WALLS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware
