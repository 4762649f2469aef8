"""Small pictures that could be photos: a stain on a wall, a dark road, a notice at a door."""

from io import BytesIO
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

from hotline.cases.services.files import Upload

SIZE = (640, 480)
Colour = tuple[int, int, int]


def picture(rng: Random, category: str) -> Upload:
    """A picture for a request of this category, as a telephone would send it."""
    image = Image.new("RGB", SIZE, _shade(rng, (206, 203, 196)))
    draw = ImageDraw.Draw(image)
    motif = {"F": _tray, "T": _road, "H": _stain}.get(category[0], _notice)
    motif(draw, rng)
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    data = BytesIO()
    image.save(data, "JPEG", quality=70)
    name = f"IMG_20{rng.randrange(10**10):010d}.jpg"
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/jpeg")


def _shade(rng: Random, colour: Colour) -> Colour:
    step = rng.randint(-18, 18)
    red, green, blue = (max(0, min(255, part + step)) for part in colour)
    return red, green, blue


def _stain(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A tiled wall with water on it."""
    for x in range(0, SIZE[0], 80):
        draw.line((x, 0, x, SIZE[1]), (180, 178, 172), 2)
    for y in range(0, SIZE[1], 80):
        draw.line((0, y, SIZE[0], y), (180, 178, 172), 2)
    middle = rng.randint(160, 480)
    for _ in range(14):
        x, y, r = middle + rng.randint(-120, 120), rng.randint(0, 260), rng.randint(20, 70)
        draw.ellipse((x - r, y - r, x + r, y + r), _shade(rng, (150, 132, 104)))
    draw.rectangle((middle - 12, 0, middle + 12, 480), (120, 126, 130))


def _road(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A road in the evening, one lamp out."""
    draw.rectangle((0, 0, *SIZE), (38, 42, 56))
    draw.polygon(((0, 480), (640, 480), (380, 200), (260, 200)), (70, 70, 74))
    for nth, x in enumerate((90, 190, 450, 550)):
        lit = nth != rng.randrange(4)
        draw.line((x, 120, x, 400), (24, 26, 30), 8)
        draw.ellipse((x - 18, 100, x + 18, 136), (250, 226, 150) if lit else (52, 54, 60))


def _tray(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A canteen tray."""
    draw.rounded_rectangle((60, 70, 580, 420), 30, (176, 180, 184))
    for x, y, colour in (
        (90, 100, (246, 244, 236)),
        (330, 100, (170, 98, 52)),
        (90, 270, (92, 140, 64)),
        (330, 270, (206, 160, 60)),
    ):
        draw.rounded_rectangle((x, y, x + 210, y + 130), 18, _shade(rng, colour))
    x, y = rng.randint(370, 500), rng.randint(130, 200)
    draw.line((x, y, x + 22, y + 9), (20, 20, 20), 3)


def _notice(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """A sheet of paper on a door."""
    draw.rectangle((120, 30, 520, 460), _shade(rng, (252, 252, 248)))
    for y in range(90, 420, 34):
        draw.line((160, y, 160 + rng.randint(180, 320), y), (90, 90, 96), 6)
    draw.ellipse((400, 350, 480, 430), outline=(190, 40, 40), width=6)
