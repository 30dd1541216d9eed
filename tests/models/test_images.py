"""Image sets: sizes, choices, generated images, and the split into training and test."""

from pathlib import Path

import numpy as np
import pytest
from pictures import REAL, cifar, encoded, folder_of, idx_pair, noise, parquet

from models.data.image_store import ImageStore
from models.data.images import image_set, load_images, take, train_test
from models.errors import InputError
from models.events import Progress, Skipped, finish


def load(source, **options):
    return finish(load_images(str(source), **options))


def split(source, **options):
    return finish(train_test(str(source) if isinstance(source, Path) else source, **options))


def test_shapes_are_seeded_balanced_and_read_only():
    images = load("shapes", limit=80, seed=3)
    assert images.pixels.shape == (80, 32, 32, 3)
    assert np.bincount(images.labels).tolist() == [10] * 8
    assert len(images.classes) == 8
    assert load("shapes", limit=80, seed=3).key == images.key
    assert load("shapes", limit=80, seed=4).key != images.key
    with pytest.raises(ValueError, match="read-only"):
        images.pixels[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        images.labels[0] = 0


def test_colour_says_nothing_of_the_shape():
    images = load("shapes", limit=1600)
    colour = images.pixels.reshape(1600, -1, 3).mean(1)
    means = np.stack([colour[images.labels == label].mean(0) for label in range(8)])
    assert means.std(0).max() < 4 * colour.std() / np.sqrt(200)


def test_shapes_come_in_any_size():
    assert load("shapes", limit=3, size=48).pixels.shape == (3, 48, 48, 3)


def test_digits_are_those_of_scikit_learn():
    images = load("digits")
    assert images.pixels.shape == (1797, 8, 8, 3)
    assert images.pixels.max() == 255
    assert images.classes == tuple("0123456789")
    assert load("digits", size=16, limit=5).pixels.shape == (5, 16, 16, 3)


def test_images_of_different_sizes_become_squares(tmp_path):
    root = folder_of(tmp_path / "r", {"a": 3}, size=40)
    (root / "a" / "1.png").write_bytes(encoded(noise(20, 90)))
    assert load(root).pixels.shape == (3, 64, 64, 3)
    assert load(root, size=24).pixels.shape == (3, 24, 24, 3)


def test_images_of_one_size_keep_it_unless_it_is_large(tmp_path):
    small = folder_of(tmp_path / "small", {"a": 2}, size=40)
    assert load(small).pixels.shape == (2, 40, 40, 3)
    large = folder_of(tmp_path / "large", {"a": 2}, size=130)
    assert load(large).pixels.shape == (2, 64, 64, 3)


def test_more_than_memory_is_refused_before_it_is_taken():
    store = ImageStore(10**6, (500, 400), "Photos")
    with pytest.raises(InputError, match="Photos would take 559 GiB of memory at 400 × 500 pixels"):
        store.add(noise())


def test_limit_keeps_the_share_of_each_class(tmp_path):
    root = folder_of(tmp_path / "r", {"a": 20, "b": 10})
    images = load(root, limit=9, seed=1)
    assert np.bincount(images.labels).tolist() == [6, 3]
    assert load(root, limit=9, seed=1).key == images.key
    assert load(root, limit=9, seed=2).key != images.key
    assert len(load(root, limit=99)) == 30


@pytest.mark.parametrize("option", ["size", "limit"])
def test_sizes_and_limits_are_positive(option):
    with pytest.raises(InputError, match=f"The {option} of images must be 1 or more, not 0"):
        load("shapes", **{option: 0})


def test_key_tells_pixels_labels_and_classes_apart():
    def key(pixel=0, label=0, name="a"):
        pixels = np.full((1, 2, 2, 3), pixel, np.uint8)
        return image_set(pixels, np.array([label]), (name,), "n", "s").key

    assert len({key(), key(pixel=1), key(label=-1), key(name="b")}) == 4


def test_take_keeps_order_and_classes():
    images = load("shapes", limit=16)
    some = take(images, np.array([5, 2]))
    assert np.array_equal(some.pixels, images.pixels[[5, 2]])
    assert (some.classes, some.source) == (images.classes, "shapes")


def test_progress_counts_the_images():
    events = []
    finish(load_images("shapes", limit=600), events.append)
    assert [event.done for event in events] == [0, 256, 512, 600]
    assert events[0] == Progress("Reading images", 0, 600, "images")


def test_a_fifth_is_held_out_of_each_class():
    images = load("shapes", limit=400)
    train, test = split(images, seed=5)
    assert np.bincount(train.labels).tolist() == [40] * 8
    assert np.bincount(test.labels).tolist() == [10] * 8
    together = {image.tobytes() for image in (*train.pixels, *test.pixels)}
    assert len(together) == 400
    assert split(images, seed=5)[1].key == test.key
    assert split(images, seed=6)[1].key != test.key
    assert np.bincount(split(images, seed=5, test_limit=16)[1].labels).tolist() == [2] * 8


def test_too_few_to_hold_any_out():
    with pytest.raises(InputError, match="2 images, too few"):
        split("shapes", limit=2)


def test_test_files_beside_are_taken(tmp_path):
    names = ["cat", "dog"]
    for part, count in (("train", 4), ("test", 2), ("validation", 1)):
        data = [encoded(noise(seed=n)) for n in range(count)]
        parquet(tmp_path / f"{part}.parquet", data, [0] * count, names)
    for source in (tmp_path, tmp_path / "train.parquet"):
        train, test = split(source)
        assert (len(train), len(test)) == (4, 2)
    assert split(source, size=5)[1].pixels.shape == (2, 5, 5, 3)
    with pytest.raises(InputError, match="too few"):
        split(tmp_path / "test.parquet")


def test_cifar_and_idx_know_their_test_files(tmp_path):
    for n in (1, 2):
        cifar(tmp_path / f"data_batch_{n}.bin", 10, n)
    records = cifar(tmp_path / "test_batch.bin", 5, 9)
    for source, count in ((tmp_path, 20), (tmp_path / "data_batch_1.bin", 10)):
        train, test = split(source)
        assert (len(train), test.labels.tolist()) == (count, records[:, 0].tolist())
    (tmp_path / "mnist").mkdir()
    idx_pair(tmp_path / "mnist", "t10k", 3, zipped=True)
    path = idx_pair(tmp_path / "mnist", "train", 6, zipped=True)
    for source in (path, path.parent):
        train, test = split(source)
        assert (len(train), len(test)) == (6, 3)


def test_class_folders_below_train_and_test(tmp_path):
    folder_of(tmp_path / "train", {"a": 3, "b": 3, "c": 3})
    folder_of(tmp_path / "val", {"a": 1, "c": 2})
    train, test = split(tmp_path)
    assert (len(train), test.classes, test.labels.tolist()) == (9, ("a", "b", "c"), [0, 2, 2])
    folder_of(tmp_path / "val" / "x", {"": 1})
    with pytest.raises(InputError, match="a class “x” that the images for training lack"):
        split(tmp_path)


@pytest.mark.skipif(not REAL.is_dir(), reason="CIFAR-10 is not at hand")
def test_cifar10_as_published():
    skipped = []
    train, test = finish(
        train_test(str(REAL), limit=200, test_limit=100),
        lambda event: skipped.append(event) if isinstance(event, Skipped) else None,
    )
    assert (train.pixels.shape, test.pixels.shape) == ((200, 32, 32, 3), (100, 32, 32, 3))
    assert train.classes == (
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    )
    assert np.bincount(train.labels).tolist() == [20] * 10
    assert np.bincount(test.labels).tolist() == [10] * 10
    assert 110 < train.pixels.mean() < 130  # the published mean is 120.7
    assert skipped == []
