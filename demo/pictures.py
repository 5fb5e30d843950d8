"""What the demo does to pictures: into the network's input, and onto the result sheet."""
import dataclasses
import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}
_FONTS = pathlib.Path("/usr/share/fonts/truetype/dejavu")


@dataclasses.dataclass
class Preprocess:
    """How a picture becomes an input: (x - mean) / std per channel, in the order that is fed.

    resize "crop": the short side is resized to 256/224 of the input and the centre is cut out;
    "squash": the whole picture is resized to the input. layout "NCHW" or "NHWC".
    """
    height: int
    width: int
    mean: tuple
    std: tuple
    bgr: bool = False
    layout: str = "NCHW"
    resize: str = "crop"

    def __call__(self, image):
        """A float32 array of shape [1,C,H,W] or [1,H,W,C] from a Pillow picture."""
        channels = len(self.mean)
        image = image.convert("L" if channels == 1 else "RGB")
        if self.resize == "squash":
            image = image.resize((self.width, self.height), Image.BILINEAR)
        else:
            image = self._centre(image)
        pixels = np.asarray(image, np.float32).reshape(self.height, self.width, channels)
        if self.bgr:
            pixels = pixels[:, :, ::-1]
        pixels = (pixels - np.float32(self.mean)) / np.float32(self.std)
        if self.layout == "NCHW":
            pixels = pixels.transpose(2, 0, 1)
        return np.ascontiguousarray(pixels[None], np.float32)

    def _centre(self, image):
        scale = max(self.height, self.width) * 256 / 224 / min(image.size)
        image = image.resize((round(image.width * scale), round(image.height * scale)),
                             Image.BILINEAR)
        left, top = (image.width - self.width) // 2, (image.height - self.height) // 2
        return image.crop((left, top, left + self.width, top + self.height))


def list_pictures(folder):
    """The picture files of a folder, or the one file given, in order of name."""
    folder = pathlib.Path(folder)
    if folder.is_file():
        return [folder]
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def _font(size, bold=False):
    path = _FONTS / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return ImageFont.truetype(str(path), size) if path.exists() else ImageFont.load_default()


def _shorten(text, font, width):
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip(" ,") + "…"


def _cell(path, top, milliseconds, side, caption):
    """One picture with its three best classes as bars, side x (side + caption)."""
    cell = Image.new("RGB", (side, side + caption), (24, 27, 33))
    with Image.open(path) as image:
        image = image.convert("RGB")
        image.thumbnail((side, side), Image.BICUBIC)
        cell.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    draw = ImageDraw.Draw(cell)
    for row, (name, probability) in enumerate(top[:3]):
        y = side + 8 + row * 26
        colour = (60, 170, 110) if row == 0 else (70, 90, 120)
        draw.rectangle((8, y, 8 + (side - 16) * probability, y + 22), fill=colour)
        font = _font(14, bold=row == 0)
        draw.text((14, y + 11), _shorten(name, font, side - 96), font=font, fill="white",
                  anchor="lm")
        draw.text((side - 14, y + 11), f"{100 * probability:.1f} %", font=font, fill="white",
                  anchor="rm")
    draw.text((side - 8, side + caption - 12), f"{path.name}   {milliseconds:.2f} ms",
              font=_font(11), fill=(150, 156, 168), anchor="rm")
    return cell


def save_sheet(results, path, columns=4, side=280, caption=104):
    """Writes one picture that shows every result: (picture path, [(class, probability)], ms)."""
    columns = min(columns, len(results))
    rows = -(-len(results) // columns)
    sheet = Image.new("RGB", (columns * (side + 8) + 8, rows * (side + caption + 8) + 8),
                      (12, 14, 18))
    for place, result in enumerate(results):
        x, y = place % columns * (side + 8) + 8, place // columns * (side + caption + 8) + 8
        sheet.paste(_cell(*result, side, caption), (x, y))
    sheet.save(path, quality=90)
