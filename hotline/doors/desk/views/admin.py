from django.http import HttpRequest, HttpResponse


def admin(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")
