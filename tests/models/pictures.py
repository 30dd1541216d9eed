"""Image files for tests, made in place."""

import gzip
import io
import json
import struct
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

_IMAGE = pa.struct({"bytes": pa.binary(), "path": pa.string()})

#: CIFAR-10 as it is published, where it is at hand.
REAL = Path(__file__).parents[2] / "../shared/data/cifar10"


def noise(height=8, width=8, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def encoded(image, kind="PNG", **options):
    """Bytes of a picture or of pixels."""
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def folder_of(root, classes, size=8):
    """root/class/n.png for each class and its number of images."""
    for c, (name, count) in enumerate(classes.items()):
        (root / name).mkdir(parents=True)
        for n in range(count):
            (root / name / f"{n}.png").write_bytes(encoded(noise(size, size, 100 * c + n)))
    return root


def idx(values, kind=8):
    """IDX bytes of an array."""
    head = struct.pack(f">HBB{values.ndim}I", 0, kind, values.ndim, *values.shape)
    return head + values.astype(np.uint8).tobytes()


def idx_pair(folder, part="train", count=6, zipped=False):
    """Images n of gray 10·n with labels n mod 3; returns the path of the images."""
    gray = np.repeat(np.arange(count, dtype=np.uint8) * 10, 28 * 28).reshape(count, 28, 28)
    pack, end = (gzip.compress, ".gz") if zipped else (bytes, "")
    images = folder / f"{part}-images-idx3-ubyte{end}"
    images.write_bytes(pack(idx(gray)))
    labels = folder / f"{part}-labels-idx1-ubyte{end}"
    labels.write_bytes(pack(idx(np.arange(count) % 3)))
    return images


def parquet(path, images, labels=None, names=None, column="img"):
    """Image Parquet as the Hugging Face hub has it."""
    table = {column: pa.array([{"bytes": i, "path": None} for i in images], _IMAGE)}
    features = {column: {"_type": "Image"}}
    if labels is not None:
        table["label"] = labels
        if names:
            features["label"] = {"_type": "ClassLabel", "names": names}
    built = pa.table(table)
    info = json.dumps({"info": {"features": features}})
    pq.write_table(built.replace_schema_metadata({"huggingface": info}), path)
    return path


def cifar(path, count, seed=0):
    """A binary batch; returns its records (count, 3073)."""
    rng = np.random.default_rng(seed)
    records = rng.integers(0, 256, (count, 3073), np.uint8)
    records[:, 0] = np.arange(count) % 10
    path.write_bytes(records.tobytes())
    return records
