"""Draws road signs: flat sign faces, and pictures of such a sign standing in a landscape.

Everything is drawn here, with Pillow, from a random generator: the same seed gives the same
picture. The faces follow the shapes and colours of the Vienna Convention on Road Signs.
"""
import functools
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FACE = 512  # side of a sign face before it is put into a picture
RED, BLUE, WHITE, BLACK = (196, 22, 32), (18, 84, 160), (246, 246, 244), (22, 22, 24)
YELLOW, GREEN, GREY = (250, 196, 20), (20, 150, 70), (120, 124, 128)
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"


def _polygon(sides, radius, turn, centre=(FACE / 2, FACE / 2)):
    return [(centre[0] + radius * math.cos(turn + 2 * math.pi * i / sides),
             centre[1] + radius * math.sin(turn + 2 * math.pi * i / sides)) for i in range(sides)]


def _text(draw, text, size, fill, centre=(FACE / 2, FACE / 2)):
    draw.text(centre, text, font=ImageFont.truetype(FONT, size), fill=fill, anchor="mm")


def _disc(draw, radius, fill, centre=(FACE / 2, FACE / 2)):
    x, y = centre
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def _line(draw, points, width, fill):
    draw.line(points, fill=fill, width=width, joint="curve")
    for point in points:
        _disc(draw, width / 2 - 1, fill, point)


def _arrow_head(draw, tip, angle, size, fill):
    left = (tip[0] - size * math.cos(angle - 0.62), tip[1] - size * math.sin(angle - 0.62))
    right = (tip[0] - size * math.cos(angle + 0.62), tip[1] - size * math.sin(angle + 0.62))
    draw.polygon([tip, left, right], fill=fill)


def _stop(draw):
    draw.polygon(_polygon(8, 248, math.pi / 8), fill=WHITE)
    draw.polygon(_polygon(8, 228, math.pi / 8), fill=RED)
    _text(draw, "STOP", 138, WHITE)


def _triangle(draw, turn, inner):
    y = FACE / 2 - math.sin(turn) * 60
    draw.polygon(_polygon(3, 285, turn, (FACE / 2, y)), fill=RED)
    draw.polygon(_polygon(3, inner, turn, (FACE / 2, y)), fill=WHITE)


def _give_way(draw):
    _triangle(draw, math.pi / 2, 175)


def _no_entry(draw):
    _disc(draw, 246, WHITE)
    _disc(draw, 236, RED)
    draw.rounded_rectangle((80, 212, 432, 300), 10, fill=WHITE)


def _speed(number):
    def face(draw):
        _disc(draw, 246, RED)
        _disc(draw, 188, WHITE)
        _text(draw, number, 200 if len(number) == 2 else 148, BLACK)
    return face


def _priority_road(draw):
    draw.polygon(_polygon(4, 252, 0), fill=WHITE)
    draw.polygon(_polygon(4, 236, 0), fill=BLACK)
    draw.polygon(_polygon(4, 228, 0), fill=WHITE)
    draw.polygon(_polygon(4, 158, 0), fill=YELLOW)


def _blue_disc(draw):
    _disc(draw, 246, WHITE)
    _disc(draw, 234, BLUE)


def _ahead(draw):
    _blue_disc(draw)
    _line(draw, [(256, 410), (256, 200)], 62, WHITE)
    _arrow_head(draw, (256, 80), -math.pi / 2, 190, WHITE)


def _turn(side):
    def face(draw):
        _blue_disc(draw)
        x = lambda value: value if side > 0 else FACE - value
        _line(draw, [(x(180), 400), (x(180), 240), (x(300), 240)], 58, WHITE)
        _arrow_head(draw, (x(432), 240), 0 if side > 0 else math.pi, 180, WHITE)
    return face


def _roundabout(draw):
    _blue_disc(draw)
    for i in range(3):
        start = 120 * i + 10
        draw.arc((126, 126, 386, 386), start, start + 70, fill=WHITE, width=48)
        angle = math.radians(start + 108)
        tip = (256 + 106 * math.cos(angle), 256 + 106 * math.sin(angle))
        _arrow_head(draw, tip, angle + math.pi / 2 - 0.25, 104, WHITE)


def _crossing(draw):
    draw.rounded_rectangle((16, 16, 496, 496), 36, fill=WHITE)
    draw.rounded_rectangle((28, 28, 484, 484), 30, fill=BLUE)
    draw.polygon([(256, 60), (462, 440), (50, 440)], fill=WHITE)
    for x in (120, 190, 260, 330):
        draw.polygon([(x, 440), (x + 34, 440), (x + 26, 404), (x + 4, 404)], fill=BLACK)
    _disc(draw, 26, BLACK, (268, 168))
    _line(draw, [(262, 210), (250, 300)], 44, BLACK)
    _line(draw, [(252, 300), (296, 346), (300, 394)], 24, BLACK)
    _line(draw, [(248, 300), (226, 350), (190, 390)], 24, BLACK)
    _line(draw, [(262, 216), (312, 262)], 18, BLACK)
    _line(draw, [(256, 216), (206, 272)], 18, BLACK)


def _parking(draw):
    draw.rounded_rectangle((16, 16, 496, 496), 36, fill=WHITE)
    draw.rounded_rectangle((28, 28, 484, 484), 30, fill=BLUE)
    _text(draw, "P", 400, WHITE)


def _warning(symbol):
    def face(draw):
        _triangle(draw, -math.pi / 2, 205)
        symbol(draw)
    return face


def _danger(draw):
    draw.polygon([(232, 190), (280, 190), (268, 330), (244, 330)], fill=BLACK)
    _disc(draw, 26, BLACK, (256, 376))


def _crossroads(draw):
    _line(draw, [(196, 242), (316, 376)], 42, BLACK)
    _line(draw, [(316, 242), (196, 376)], 42, BLACK)


def _signals(draw):
    draw.rounded_rectangle((216, 186, 296, 398), 38, fill=BLACK)
    for y, colour in ((224, RED), (292, YELLOW), (360, GREEN)):
        _disc(draw, 28, colour, (256, y))


def _end_of_limits(draw):
    _disc(draw, 246, BLACK)
    _disc(draw, 236, WHITE)
    for shift in (-92, -46, 0, 46, 92):
        reach = 150 - abs(shift) * 0.35
        middle = 256 + shift * 0.72
        draw.line([(middle - reach, middle + reach), (middle + reach, middle - reach)],
                  fill=BLACK, width=18)


def _no_stopping(draw):
    _disc(draw, 246, RED)
    _disc(draw, 198, BLUE)
    for start, end in (((124, 124), (388, 388)), ((388, 124), (124, 388))):
        draw.line([start, end], fill=RED, width=52)


CLASSES = [
    ("stop", _stop), ("give way", _give_way), ("no entry", _no_entry),
    ("speed limit 30", _speed("30")), ("speed limit 50", _speed("50")),
    ("speed limit 80", _speed("80")), ("speed limit 120", _speed("120")),
    ("priority road", _priority_road), ("straight ahead only", _ahead),
    ("turn right", _turn(1)), ("turn left", _turn(-1)), ("roundabout", _roundabout),
    ("pedestrian crossing", _crossing), ("parking", _parking),
    ("danger", _warning(_danger)), ("crossroads", _warning(_crossroads)),
    ("traffic lights", _warning(_signals)), ("end of limits", _end_of_limits),
    ("no stopping", _no_stopping),
]


@functools.lru_cache(maxsize=None)
def sign_face(label):
    """The flat face of class `label` as an RGBA picture, FACE x FACE."""
    image = Image.new("RGBA", (FACE, FACE), (128, 128, 128, 0))
    CLASSES[label][1](ImageDraw.Draw(image))
    return image


def _noise(rng, side, cells):
    """Smooth noise in [-1, 1], side x side, with about `cells` bumps across."""
    small = Image.fromarray(rng.uniform(-1, 1, (cells, cells)).astype(np.float32))
    return np.asarray(small.resize((side, side), Image.BICUBIC))


def _landscape(rng, side):
    """Sky, land, a road, trees or houses; never a sign."""
    sky = np.array([rng.uniform(120, 230), rng.uniform(150, 235), rng.uniform(180, 250)])
    land = np.array([rng.uniform(50, 150), rng.uniform(70, 150), rng.uniform(30, 110)])
    rows = np.linspace(0, 1, side)[:, None, None]
    horizon = rng.uniform(0.35, 0.8)
    pixels = np.where(rows < horizon, sky * (0.85 + 0.3 * rows), land * (1.25 - 0.4 * rows))
    pixels = np.broadcast_to(pixels, (side, side, 3)) + 22 * _noise(rng, side, 9)[..., None]
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    edge, foot = rng.uniform(0.2, 0.8) * side, rng.uniform(-0.2, 1.2) * side
    shade = int(rng.uniform(60, 120))
    draw.polygon([(edge, horizon * side), (edge + 0.06 * side, horizon * side),
                  (foot + 0.6 * side, side), (foot - 0.3 * side, side)], fill=(shade,) * 3)
    for _ in range(rng.integers(2, 9)):
        x, width = rng.uniform(-0.1, 1.0) * side, rng.uniform(0.06, 0.35) * side
        height, base = rng.uniform(0.1, 0.6) * side, (horizon + rng.uniform(-0.05, 0.2)) * side
        if rng.random() < 0.55:
            green = (int(rng.uniform(20, 90)), int(rng.uniform(60, 130)), int(rng.uniform(15, 70)))
            draw.rectangle((x + 0.45 * width, base - height, x + 0.55 * width, base),
                           fill=(80, 60, 40))
            for _ in range(7):
                cx, cy = x + rng.uniform(0, width), base - height * rng.uniform(0.4, 1.2)
                radius = width * rng.uniform(0.2, 0.45)
                tint = tuple(int(c * rng.uniform(0.75, 1.25)) for c in green)
                draw.ellipse((cx - radius, cy - radius, cx + radius, cy + radius), fill=tint)
        else:
            wall = tuple(int(c) for c in rng.uniform(60, 235, 3))
            draw.rectangle((x, base - height, x + width, base), fill=wall)
            step = max(4.0, width / rng.integers(2, 5))
            for wx in np.arange(x + step * 0.25, x + width - step * 0.5, step):
                for wy in np.arange(base - height + step * 0.3, base - step, step):
                    draw.rectangle((wx, wy, wx + step * 0.45, wy + step * 0.5), fill=(50, 60, 75))
    return image.filter(ImageFilter.GaussianBlur(side * rng.uniform(0.002, 0.02)))


def _perspective(source, target):
    """Pillow's eight coefficients that map the `target` corners back to the `source` corners."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.linalg.solve(np.array(rows, float), np.array(values, float))


def _weather(rng, pixels, side):
    """Light, shadow, haze, sensor noise."""
    pixels *= rng.uniform(0.45, 1.25) * (1 + rng.uniform(0, 0.3) * _noise(rng, side, 4)[..., None])
    pixels *= 1 + rng.uniform(-0.1, 0.1, 3)
    if rng.random() < 0.3:
        haze = rng.uniform(0.1, 0.45)
        pixels = pixels * (1 - haze) + rng.uniform(150, 230) * haze
    if rng.random() < 0.3:
        angle, offset = rng.uniform(0, 2 * math.pi), rng.uniform(-0.3, 0.3) * side
        ys, xs = np.mgrid[0:side, 0:side] - side / 2
        dark = (xs * math.cos(angle) + ys * math.sin(angle)) > offset
        pixels = np.where(dark[..., None], pixels * rng.uniform(0.5, 0.85), pixels)
    return pixels + rng.normal(0, rng.uniform(1, 9), pixels.shape)


def draw_picture(label, rng, side):
    """A side x side RGB picture of class `label`, everything else taken from `rng`."""
    image = _landscape(rng, side)
    face = sign_face(label)
    pixels = np.asarray(face, np.float32).copy()
    if rng.random() < 0.5:  # faded or dirty paint
        grime = np.clip(_noise(rng, FACE, int(rng.integers(4, 16))), 0, 1)[..., None]
        pixels[..., :3] += (rng.uniform(40, 160) - pixels[..., :3]) * grime * rng.uniform(0.1, 0.7)
    face = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8), "RGBA")
    size = rng.uniform(0.42, 0.92) * side
    cx = side / 2 + rng.uniform(-0.5, 0.5) * (side - size) * 0.8
    cy = side / 2 + rng.uniform(-0.5, 0.5) * (side - size) * 0.8
    pole = size * rng.uniform(0.03, 0.05)
    ImageDraw.Draw(image).rectangle((cx - pole, cy, cx + pole, side), fill=GREY)
    turn, half = math.radians(rng.normal(0, 6)), size / 2
    corners = []
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = x * half * rng.uniform(0.86, 1.0), y * half * rng.uniform(0.86, 1.0)
        corners.append((cx + x * math.cos(turn) - y * math.sin(turn),
                        cy + x * math.sin(turn) + y * math.cos(turn)))
    # Twice the size and then down: a warp straight to small pictures would alias.
    big = face.transform((2 * side, 2 * side), Image.PERSPECTIVE,
                         _perspective([(0, 0), (FACE, 0), (FACE, FACE), (0, FACE)],
                                      [(2 * x, 2 * y) for x, y in corners]), Image.BICUBIC)
    warped = big.resize((side, side), Image.BOX)
    image.paste(warped, (0, 0), warped)
    if rng.random() < 0.25:  # a branch in front
        draw = ImageDraw.Draw(image)
        for _ in range(rng.integers(1, 5)):
            x, y, r = rng.uniform(0, side), rng.uniform(0, side), rng.uniform(0.02, 0.07) * side
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(40, int(rng.uniform(60, 110)), 30))
    image = image.filter(ImageFilter.GaussianBlur(side * rng.uniform(0, 0.008)))
    pixels = _weather(rng, np.asarray(image, np.float32), side)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
