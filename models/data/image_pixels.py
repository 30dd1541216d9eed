"""One image, however it is stored, as eight-bit RGB pixels."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

#: An image before it is decoded: the bytes of a file, its path, or pixels (H, W, 3) uint8.
Encoded = bytes | Path | NDArray[np.uint8]

#: Formats whose decoders are tried. Others that Pillow knows start programs (EPS) or are rare.
FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
#: Endings of files in these formats.
IMAGE_SUFFIXES = (
    *(".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"),
    *(".ppm", ".pgm", ".pbm"),
)
_ORIENTATION = 0x0112  # EXIF's tag for how the camera was held


class BadImageError(Exception):
    """One image cannot be used; the sentence says why."""


def pixels_of(image: Encoded, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """Decodes one image to RGB as a viewer shows it.

    EXIF orientation is applied; grayscale, palette and CMYK images are converted, transparency
    lies on white, 16 bits become 8; of several frames the first is taken.

    Args:
        image: bytes, path, or pixels that are decoded already.
        size: (height, width) to scale and centre-crop to; None keeps the image's own.

    Returns:
        (H, W, 3) uint8.

    Raises:
        BadImageError: the image is damaged, cut short, or larger than an honest image is.
    """
    if isinstance(image, np.ndarray):
        if size is None or image.shape[:2] == size:
            return image
        return np.asarray(_fit(Image.fromarray(image), size))
    try:
        file = io.BytesIO(image) if isinstance(image, bytes) else image
        with Image.open(file, formats=FORMATS) as opened:
            # Pillow only warns between its limit and twice its limit; here the limit is one.
            if opened.width * opened.height > (Image.MAX_IMAGE_PIXELS or 1 << 26):
                raise BadImageError(_bomb(opened.width, opened.height))
            if size is not None:
                opened.draft("RGB", (max(size), max(size)))
            upright: Image.Image = opened
            if opened.getexif().get(_ORIENTATION, 1) != 1:
                upright = ImageOps.exif_transpose(opened)
            rgb = _rgb(upright)
            return np.asarray(rgb if size is None else _fit(rgb, size))
    except BadImageError:
        raise
    except Image.DecompressionBombError as error:
        raise BadImageError("It holds far more pixels than an image should.") from error
    except FileNotFoundError as error:
        raise BadImageError("The file is not there.") from error
    # Decoders meet damage in many ways: OSError, SyntaxError, ValueError, struct.error, KeyError.
    except Exception as error:
        raise BadImageError(_reason(error)) from error


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):  # 16-bit samples, which convert() would clip at 255
        samples = np.clip(np.asarray(image).astype(np.int64), 0, 65535) >> 8
        return Image.fromarray(samples.astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        raise BadImageError("Its pixels are real numbers, which say neither black nor white.")
    if image.has_transparency_data:
        colours = image.convert("RGBA")
        ground = Image.new("RGBA", colours.size, "white")
        return Image.alpha_composite(ground, colours).convert("RGB")
    return image.convert("RGB")


def _fit(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    height, width = size
    if image.size == (width, height):
        return image
    return ImageOps.fit(image, (width, height), Image.Resampling.BICUBIC)


def _bomb(width: int, height: int) -> str:
    return f"It claims {width:,} × {height:,} pixels, more than an image should hold."


def _reason(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "The file may not be read."
    if "truncated" in str(error).lower():
        return "The image is cut short."
    return "It is damaged, or no image in a format that is read (JPEG, PNG, GIF, BMP, WebP, TIFF)."
