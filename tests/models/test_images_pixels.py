"""One image, good or bad, becomes RGB or a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from pictures import encoded, noise
from PIL import Image

from models.data.image_pixels import BadImageError, pixels_of


def test_png_bytes_and_path_give_the_pixels_themselves(tmp_path):
    pixels = noise(5, 7)
    path = tmp_path / "a.png"
    path.write_bytes(encoded(pixels))
    assert np.array_equal(pixels_of(encoded(pixels)), pixels)
    assert np.array_equal(pixels_of(path), pixels)


@pytest.mark.parametrize("mode", ["L", "LA", "1", "P", "RGBA", "CMYK", "I;16"])
def test_every_mode_becomes_rgb_of_the_same_gray(mode):
    if mode == "I;16":
        picture = Image.fromarray(np.full((4, 6), 255 << 8, np.uint16))
    else:
        picture = Image.new("RGB", (6, 4), "white").convert(mode)
    pixels = pixels_of(encoded(picture, "TIFF"))
    assert pixels.shape == (4, 6, 3)
    assert (pixels == 255).all()


def test_sixteen_bits_keep_their_shades():
    ramp = (np.arange(16, dtype=np.uint16) * 4096 + 7)[None]
    pixels = pixels_of(encoded(Image.fromarray(ramp)))
    assert pixels[0, :, 0].tolist() == [n * 16 for n in range(16)]


@pytest.mark.parametrize("kind", ["RGBA", "P"])
def test_transparency_lies_on_white(kind):
    if kind == "RGBA":
        data = encoded(Image.new("RGBA", (3, 3), (200, 0, 0, 0)))
    else:
        data = encoded(Image.new("P", (3, 3), 0), transparency=0)
    assert (pixels_of(data) == 255).all()


def test_real_numbers_as_pixels_are_refused():
    data = encoded(Image.fromarray(np.ones((3, 3), np.float32)), "TIFF")
    with pytest.raises(BadImageError, match="real numbers"):
        pixels_of(data)


def test_exif_orientation_is_applied():
    upright = np.zeros((16, 8, 3), np.uint8)
    upright[:8] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # held so that the stored rows are the columns, right to left
    stored = np.rot90(upright)
    data = encoded(stored, "JPEG", exif=exif, quality=95)
    assert pixels_of(data).shape == (16, 8, 3)
    assert np.abs(pixels_of(data).astype(int) - upright).mean() < 3


def test_one_pixel_is_an_image_too():
    data = encoded(np.full((1, 1, 3), 90, np.uint8))
    assert pixels_of(data).tolist() == [[[90, 90, 90]]]
    assert np.array_equal(pixels_of(data, (4, 5)), np.full((4, 5, 3), 90))


def test_scaling_keeps_proportions_and_crops_the_middle():
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 255
    assert (pixels_of(wide, (10, 10)) == 255).all()
    assert (pixels_of(encoded(wide), (10, 10)) == 255).all()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.8])
def test_truncated_images_are_refused(kind, share):
    data = encoded(noise(64, 64), kind)
    with pytest.raises(BadImageError, match=r"cut short|damaged"):
        pixels_of(data[: int(share * len(data))])


def test_no_image_at_all_is_refused(tmp_path):
    with pytest.raises(BadImageError, match="no image in a format"):
        pixels_of(b"GIF or not")
    with pytest.raises(BadImageError, match="not there"):
        pixels_of(tmp_path / "gone.png")


def test_postscript_is_never_interpreted():
    with pytest.raises(BadImageError, match="no image in a format"):
        pixels_of(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EOF\n")


def _bomb(width, height):
    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1 << 20))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [9_600, 20_000, 400_000])
def test_decompression_bombs_are_refused_before_they_are_unpacked(side, monkeypatch):
    def unpacked(*_):
        raise AssertionError("the bomb was unpacked")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", unpacked)
    with pytest.raises(BadImageError, match="pixels"):
        pixels_of(_bomb(side, side))


def test_damage_anywhere_never_gets_further_than_a_sentence():
    rng = np.random.default_rng(0)
    for kind in ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP", "PPM"):
        data = bytearray(encoded(noise(16, 16), kind))
        for _ in range(40):
            broken = bytearray(data)
            for place in rng.integers(0, len(data), 6):
                broken[place] = rng.integers(256)
            try:
                pixels = pixels_of(bytes(broken), (16, 16))
            except BadImageError as error:
                assert str(error).endswith(".")
            else:
                assert pixels.shape == (16, 16, 3)


def test_large_photographs_are_read_at_a_smaller_scale():
    smooth = np.asarray(Image.fromarray(noise(8, 8)).resize((512, 512)))
    data = encoded(smooth, "JPEG", quality=95)
    whole = np.asarray(Image.open(io.BytesIO(data)).resize((32, 32), Image.Resampling.BICUBIC))
    assert np.abs(pixels_of(data, (32, 32)).astype(int) - whole).mean() < 4
