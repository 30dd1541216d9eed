"""Each format of image sets on disk, whole and broken."""

import gzip
import pickle

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pictures import cifar, encoded, folder_of, idx, idx_pair, noise, parquet

from models.data.images import load_images
from models.errors import InputError
from models.events import Skipped, finish


def load(source, **options):
    skipped = []
    images = finish(
        load_images(str(source), **options),
        lambda event: skipped.append(event) if isinstance(event, Skipped) else None,
    )
    return images, skipped


def test_folder_of_class_folders(tmp_path):
    root = folder_of(tmp_path / "pets", {"dog": 2, "cat": 3})
    (root / "cat" / "deeper").mkdir()
    (root / "cat" / "deeper" / "4.jpg").write_bytes(encoded(noise(), "JPEG"))
    (root / "cat" / "notes.txt").write_text("no image")
    images, skipped = load(root)
    assert (images.classes, images.name, images.source) == (("cat", "dog"), "pets", str(root))
    assert images.labels.tolist() == [0, 0, 0, 0, 1, 1]
    assert np.array_equal(images.pixels[-1], noise(seed=1))
    assert skipped == []


@pytest.mark.parametrize("content", [{}, {"a.png": b"x"}])
def test_folder_without_classes_says_how_it_should_be(tmp_path, content):
    root = tmp_path / "flat"
    root.mkdir()
    for name, data in content.items():
        (root / name).write_bytes(data)
    with pytest.raises(InputError, match=r"no folder for each class: .*flat/CLASS/IMAGE"):
        load(root)


def test_folders_without_images(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(InputError, match="hold no images"):
        load(tmp_path)


def test_bad_image_among_good_ones_is_skipped_and_named(tmp_path):
    root = folder_of(tmp_path / "r", {"a": 2, "b": 2})
    whole = encoded(noise(32, 32), "JPEG")
    (root / "a" / "1.png").write_bytes(whole[: len(whole) // 2])
    images, skipped = load(root)
    assert images.labels.tolist() == [0, 1, 1]
    assert np.array_equal(images.pixels[1], noise(seed=100))
    assert skipped == [Skipped("a/1.png", "The image is cut short.")]


def test_only_bad_images(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"None of the images .* a/1\.png: It is damaged"):
        load(tmp_path)


def test_links_that_lead_back_are_not_followed(tmp_path):
    root = folder_of(tmp_path / "r", {"a": 1})
    (root / "a" / "loop").symlink_to(root, target_is_directory=True)
    assert len(load(root)[0]) == 1


def test_parquet_of_the_hub(tmp_path):
    data = [encoded(noise(seed=n)) for n in range(4)]
    path = parquet(tmp_path / "a.parquet", data, [1, 0, -1, None], ["cat", "dog"])
    images, _ = load(path)
    assert images.classes == ("cat", "dog")
    assert images.labels.tolist() == [1, 0, -1, -1]
    assert np.array_equal(images.pixels[3], noise(seed=3))


def test_parquet_with_plain_bytes_and_words_as_labels(tmp_path):
    path = tmp_path / "a.parquet"
    data = [encoded(noise(seed=n)) for n in range(3)]
    pq.write_table(pa.table({"id": [1, 2, 3], "picture": data, "label": ["no", "yes", "no"]}), path)
    images, _ = load(path)
    assert (images.classes, images.labels.tolist()) == (("no", "yes"), [0, 1, 0])


def test_parquet_without_labels(tmp_path):
    images, _ = load(parquet(tmp_path / "a.parquet", [encoded(noise())]))
    assert (images.classes, images.labels.tolist()) == ((), [-1])


def test_parquet_rows_without_an_image_are_skipped(tmp_path):
    path = parquet(tmp_path / "a.parquet", [encoded(noise()), None, b"no"], [0, 1, 1])
    images, skipped = load(path)
    assert images.labels.tolist() == [0]
    assert [s.where for s in skipped] == ["a.parquet, row 2", "a.parquet, row 3"]
    assert skipped[0].why == "The row holds no image."


def test_parquet_without_images_names_its_columns(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["a"], "label": [0]}), path)
    with pytest.raises(InputError, match=r"no column of images; its columns are text, label\."):
        load(path)


def test_parquet_label_without_a_class(tmp_path):
    path = parquet(tmp_path / "a.parquet", [encoded(noise())] * 2, [0, 7], ["cat", "dog"])
    with pytest.raises(InputError, match="row 2: there is no class 7 among 2 classes"):
        load(path)


def test_parquet_cut_short(tmp_path):
    path = parquet(tmp_path / "a.parquet", [encoded(noise())] * 2)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match="not a whole Parquet file"):
        load(path)


def test_parquet_damaged_inside_keeps_the_other_row_groups(tmp_path):
    path = tmp_path / "a.parquet"
    data = [encoded(noise(seed=n)) for n in range(60)]
    table = pa.table({"image": data, "label": range(60)})
    pq.write_table(table, path, row_group_size=20, compression="zstd")
    place = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    raw = bytearray(path.read_bytes())
    raw[place : place + 600] = bytes(600)
    path.write_bytes(raw)
    images, skipped = load(path)
    assert images.labels.tolist() == [*range(20), *range(40, 60)]
    assert np.array_equal(images.pixels[20], noise(seed=40))
    assert skipped == [Skipped("a.parquet, rows 21 to 40", "This part of the file is damaged.")]


def test_parquet_in_several_files(tmp_path):
    for shard in range(2):
        data = [encoded(noise(seed=10 * shard + n)) for n in range(3)]
        parquet(tmp_path / f"train-{shard:05}-of-00002.parquet", data, [shard] * 3, ["a", "b"])
    images, _ = load(tmp_path)
    assert images.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert np.array_equal(images.pixels[4], noise(seed=11))


def test_cifar_binary_batches(tmp_path):
    records = np.concatenate([cifar(tmp_path / f"data_batch_{n}.bin", 12, n) for n in (1, 2)])
    images, _ = load(tmp_path)
    assert images.labels.tolist() == records[:, 0].tolist()
    assert images.classes[:2] == ("airplane", "automobile")
    planes = records[:, 1:].reshape(-1, 3, 32, 32)
    assert np.array_equal(images.pixels[20, 5, 7], planes[20, :, 5, 7])


def test_cifar_cut_short_or_something_else(tmp_path):
    path = tmp_path / "data_batch_1.bin"
    cifar(path, 3)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match=r"data_batch_1\.bin is cut short or not CIFAR-10"):
        load(path)
    path.write_bytes(b"\xff" * 3073)
    with pytest.raises(InputError, match="a label over 9"):
        load(path)


@pytest.mark.parametrize("name", ["data_batch_1", "images.pkl", "weights.pt"])
def test_pickles_are_refused_unopened(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(pickle.dumps({b"data": [1]}))
    for source in (path, tmp_path):
        with pytest.raises(InputError, match="pickles, which can run any program"):
            load(source)


@pytest.mark.parametrize("zipped", [False, True])
def test_idx_finds_its_labels(tmp_path, zipped):
    images, _ = load(idx_pair(tmp_path, zipped=zipped))
    assert images.pixels.shape == (6, 28, 28, 3)
    assert images.pixels[:, 0, 0, 1].tolist() == [0, 10, 20, 30, 40, 50]
    assert (images.labels.tolist(), images.classes) == ([0, 1, 2, 0, 1, 2], ("0", "1", "2"))


def test_idx_without_labels(tmp_path):
    path = idx_pair(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    assert load(path)[0].labels.tolist() == [-1] * 6


def test_idx_with_a_wrong_magic_number(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(b"\x00\x00\x0d\x03" + bytes(100))
    with pytest.raises(InputError, match="starts with 00 00 0d 03"):
        load(path)
    path.write_bytes(b"")
    with pytest.raises(InputError, match="starts with nothing"):
        load(path)


@pytest.mark.parametrize("zipped", [False, True])
def test_idx_cut_short(tmp_path, zipped):
    path = idx_pair(tmp_path, zipped=zipped)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match="cut short"):
        load(path)
    path.write_bytes(path.read_bytes()[:12])
    with pytest.raises(InputError, match=r"cut short|no usable size"):
        load(path)


def test_idx_that_unpacks_further_than_it_says(tmp_path):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(idx(np.zeros((2, 4, 4))) + bytes(1 << 20)))
    with pytest.raises(InputError, match="goes on after its end"):
        load(path)


def test_idx_with_labels_of_another_set(tmp_path):
    path = idx_pair(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(5)))
    with pytest.raises(InputError, match=r"6 images but .* 5 labels"):
        load(path)


@pytest.mark.parametrize("name", ["a.png", "a.txt"])
def test_a_file_that_is_no_set_says_what_is_read(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"words")
    with pytest.raises(InputError, match=r"one image|no format of images"):
        load(path)


def test_nothing_there():
    with pytest.raises(InputError, match="no file or folder nowhere"):
        load("nowhere")
