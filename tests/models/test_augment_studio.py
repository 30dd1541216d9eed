"""The studio's pure part: views of one image, what was drawn, and the cosines between them."""

import numpy as np
import pytest
import torch
from pictures import encoded, folder_of, noise

from models.augment.fresh import fresh_encoder
from models.augment.images import augment
from models.augment.pictures import open_pictures
from models.augment.spec import SIMCLR_IMAGENET, SimCLRAugment
from models.augment.studio import Cosines, DrawRequest, compare, draw, draw_others
from models.augment.telling import tell
from models.errors import InputError
from models.events import Skipped, finish

STILL = SimCLRAugment((1, 1), (1, 1), 0, 0, grayscale=0, blur=0)


@pytest.fixture(scope="module")
def shapes():
    return finish(open_pictures("shapes", 32, 6)).pixels


@pytest.fixture(scope="module")
def encoder():
    return finish(fresh_encoder())


def request(shapes, spec=SIMCLR_IMAGENET, count=8, seed=0):
    return DrawRequest(shapes[0], shapes[1:], spec, count, seed)


def compared(drawn, encoder, output="features"):
    return compare(drawn, draw_others(drawn.request), encoder, output)


def test_views_are_those_of_training(shapes):
    drawn = draw(request(shapes))
    pixels = torch.from_numpy(shapes[:1].copy()).permute(0, 3, 1, 2).float() / 255
    generator = torch.Generator().manual_seed(0)
    expected = augment(pixels.expand(8, -1, -1, -1), SIMCLR_IMAGENET, generator)
    theirs = (expected.permute(0, 2, 3, 1).numpy() * 255).round().astype(np.uint8)
    np.testing.assert_array_equal(drawn.views, theirs)
    assert len({view.tobytes() for view in drawn.views}) == 8


def test_the_seed_is_all_that_decides(shapes):
    one, same, other = (draw(request(shapes, seed=seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.views, same.views)
    assert (one.views != other.views).any()
    others = draw_others(request(shapes, seed=3))
    np.testing.assert_array_equal(draw_others(request(shapes, count=4, seed=3)), others)
    assert (draw_others(request(shapes, seed=4)) != others).any()


def test_results_are_read_only(shapes, encoder):
    drawn = draw(request(shapes))
    found = compared(drawn, encoder, "features")
    arrays = [drawn.views, draw_others(drawn.request), drawn.boxes, drawn.flips, drawn.factors]
    arrays += [drawn.orders, drawn.grays, drawn.sigmas, found.matrix, found.others]
    for array in arrays:
        assert not array.flags.writeable


def test_an_augmentation_that_changes_nothing_is_not_seen(shapes, encoder):
    drawn = draw(request(shapes, STILL))
    np.testing.assert_array_equal(drawn.views, np.broadcast_to(shapes[0], drawn.views.shape))
    np.testing.assert_array_equal(draw_others(drawn.request), shapes[1:])
    for output in ("features", "projections"):
        found = compared(drawn, encoder, output)
        np.testing.assert_allclose(found.matrix, 1, atol=1e-4)
        assert found.others.max() < 1 - 1e-3
        assert found.nearer == 1


def test_cosines_are_those_of_the_vectors(shapes, encoder):
    drawn = draw(request(shapes))
    found = compared(drawn, encoder, "projections")
    assert found.matrix.shape == (9, 9) and found.others.shape == (8, 5)
    np.testing.assert_allclose(found.matrix, found.matrix.T, atol=1e-6)
    np.testing.assert_allclose(np.diag(found.matrix), 1, atol=1e-6)
    both = np.stack([drawn.views[2], draw_others(drawn.request)[3]])
    pixels = torch.from_numpy(both).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        a, b = encoder.net.project(pixels)
    expected = torch.nn.functional.cosine_similarity(a, b, dim=0).item()
    assert found.others[2, 3] == pytest.approx(expected, abs=1e-5)
    features = compared(drawn, encoder, "features")
    assert not np.allclose(features.matrix, found.matrix, atol=0.01)


def test_larger_views_are_scaled_for_the_encoder(shapes, encoder):
    large = shapes.repeat(2, axis=1).repeat(2, axis=2)
    found = compared(draw(request(large, STILL)), encoder, "features")
    plain = compared(draw(request(shapes, STILL)), encoder, "features")
    assert np.abs(found.others - plain.others).max() < 0.05


def test_how_often_a_view_is_nearer_to_its_own():
    matrix = np.array([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1]], np.float32)
    found = Cosines(matrix, np.array([[0.4, 0.6], [0.5, 0.2]], np.float32))
    # Of .5 against .4, .6, .5, .2: two wins, one loss and a tie.
    assert found.nearer == 2.5 / 4
    np.testing.assert_array_equal(found.pairs, np.float32([0.5]))
    np.testing.assert_array_equal(found.originals, np.float32([0.9, 0.8]))
    assert np.isnan(Cosines(matrix, np.empty((2, 0), np.float32)).nearer)
    assert np.isnan(Cosines(matrix[:2, :2], np.ones((1, 2), np.float32)).nearer)


def test_no_other_images_and_few_views(shapes, encoder):
    drawn = draw(DrawRequest(shapes[0], shapes[:0], SIMCLR_IMAGENET, 1, 0))
    found = compared(drawn, encoder, "features")
    assert found.matrix.shape == (2, 2) and found.others.shape == (1, 0)
    assert found.pairs.size == 0


def test_what_was_drawn_is_told(shapes):
    plain = tell(draw(request(shapes, STILL)), 0)
    assert plain == "crop 100% of the area, 32 × 32 px at (0, 0)"
    every = SimCLRAugment((0.25, 0.25), (1, 1), 1, 1, grayscale=1, blur=1, blur_sigma=(1.5, 1.5))
    drawn = draw(request(shapes, every))
    text = tell(drawn, 1)
    assert text.startswith("crop 25% of the area, 16 × 16 px at (")
    assert ", mirrored, " in text and text.endswith("made gray, blurred, σ 1.50 px")
    names = np.array(["brightness", "contrast", "saturation", "hue"])[drawn.orders[1]]
    places = [text.index(name) for name in names]
    assert places == sorted(places)
    assert f"brightness ×{drawn.factors[1, 0]:.2f}" in text


def test_the_untrained_network_is_settled_and_repeatable(encoder, shapes):
    again = finish(fresh_encoder())
    for mine, theirs in zip(encoder.net.parameters(), again.net.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    assert not encoder.net.training
    pixels = torch.from_numpy(finish(open_pictures("shapes", 32, 256)).pixels.copy())
    with torch.no_grad():
        projections = encoder.net.project(pixels.permute(0, 3, 1, 2).float() / 255)
    # The last batch norm has no shift, so settled it gives mean 0 and variance 1.
    assert projections.mean(dim=0).abs().max() < 0.02
    assert (projections.var(dim=0) - 1).abs().max() < 0.02


def test_one_picture_and_a_folder_of_pictures(tmp_path):
    (tmp_path / "b.png").write_bytes(encoded(noise(20, 30, 1)))
    (tmp_path / "a.JPG").write_bytes(encoded(noise(64, 64, 2), "JPEG"))
    one = finish(open_pictures(str(tmp_path / "b.png"), 16))
    assert one.pixels.shape == (1, 16, 16, 3) and one.name == "b.png"
    (tmp_path / "c.png").write_bytes(b"no image")
    (tmp_path / "notes.txt").write_text("none either")
    events = []
    both = finish(open_pictures(str(tmp_path), 16), events.append)
    assert both.pixels.shape == (2, 16, 16, 3)
    assert [event.where for event in events if isinstance(event, Skipped)] == [
        str(tmp_path / "c.png")
    ]
    assert len(finish(open_pictures(str(tmp_path), 16, limit=1))) == 1


def test_folders_of_classes_are_read_as_for_training(tmp_path):
    folder_of(tmp_path / "set", {"cat": 3, "dog": 2})
    found = finish(open_pictures(str(tmp_path / "set"), 16))
    assert len(found) == 5 and found.classes == ("cat", "dog")


@pytest.mark.parametrize("content", [b"", b"no image", encoded(noise(64, 64), "JPEG")[:900]])
def test_a_broken_picture_is_one_sentence_that_names_it(tmp_path, content):
    (tmp_path / "cat.jpg").write_bytes(content)
    with pytest.raises(InputError, match=r"cat\.jpg"):
        finish(open_pictures(str(tmp_path / "cat.jpg"), 16))


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(InputError, match="no file or folder"):
        finish(open_pictures(str(tmp_path / "gone.png"), 16))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty"):
        finish(open_pictures(str(tmp_path / "empty"), 16))
