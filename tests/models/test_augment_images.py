"""SimCLR's augmentation: published distributions, and pixels as Pillow makes them."""

import colorsys
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

from models.augment import pixels
from models.augment.images import (
    DIGITS,
    PRESETS,
    SIMCLR_CIFAR,
    SIMCLR_IMAGENET,
    SimCLRAugment,
    apply_views,
    augment,
    draw_views,
)
from models.errors import InputError

MANY = 20_000
#: Kolmogorov–Smirnov's distance that an honest sample of MANY exceeds once in a million times.
FAR = 2.7 / math.sqrt(MANY)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(spec=SIMCLR_IMAGENET, height=32, width=32, seed=0):
    return draw_views(spec, MANY, height, width, generator(seed))


def distance_from_uniform(values, low, high):
    """The largest gap between the sample's distribution and the uniform one."""
    ordered = (torch.as_tensor(values).double().sort().values - low) / (high - low)
    steps = torch.arange(1, len(ordered) + 1, dtype=torch.float64) / len(ordered)
    return (ordered - steps).abs().max().item()


def batch(count=6, height=32, width=32, seed=1):
    """Smooth colourful images whose values are whole 255ths."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 256, (count, 6, 6, 3), np.uint8)
    large = [np.asarray(Image.fromarray(s).resize((width, height), 3)) for s in small]
    return torch.from_numpy(np.stack(large)).permute(0, 3, 1, 2).contiguous().float() / 255


def pictures(images):
    return [
        Image.fromarray(image.mul(255).round().byte().permute(1, 2, 0).numpy()) for image in images
    ]


def difference(images, expected):
    """The largest difference to Pillow's pictures, in 255ths."""
    theirs = torch.from_numpy(np.stack([np.asarray(p) for p in expected])).permute(0, 3, 1, 2)
    return (images * 255 - theirs).abs().max().item()


def unchanged(count, height=32, width=32):
    """Views that change nothing, to change one thing at a time."""
    still = SimCLRAugment((1, 1), (1, 1), 0, 0, grayscale=0, blur=0)
    views = draw_views(still, count, height, width, generator())
    return replace(views, box=torch.tensor([[0.0, 0.0, height, width]]).repeat(count, 1))


def test_presets_are_the_published_ones():
    assert SIMCLR_IMAGENET.deltas == (0.8, 0.8, 0.8, 0.2)
    assert SIMCLR_IMAGENET.crop_area == (0.08, 1) and SIMCLR_IMAGENET.crop_ratio == (3 / 4, 4 / 3)
    assert (SIMCLR_IMAGENET.blur, SIMCLR_IMAGENET.blur_sigma) == (0.5, (0.1, 2.0))
    assert SIMCLR_CIFAR.deltas == (0.4, 0.4, 0.4, 0.1) and SIMCLR_CIFAR.blur == 0
    assert (DIGITS.flip, DIGITS.deltas[2:]) == (0, (0, 0))
    assert set(PRESETS.values()) == {SIMCLR_IMAGENET, SIMCLR_CIFAR, DIGITS}


def test_area_and_log_ratio_are_uniform_where_every_box_fits():
    spec = replace(SIMCLR_IMAGENET, crop_area=(0.08, 0.7))
    _, _, tall, wide = drawn(spec, 40, 40).box.double().unbind(1)
    assert distance_from_uniform(tall * wide / 1600, 0.08, 0.7) < FAR
    assert distance_from_uniform((wide / tall).log(), math.log(3 / 4), math.log(4 / 3)) < FAR


def test_boxes_follow_a_loop_that_draws_until_one_fits():
    rng = np.random.default_rng(0)
    area, wide = [], []
    while len(area) < MANY:
        a = rng.uniform(0.08, 1) * 30 * 50
        r = math.exp(rng.uniform(math.log(3 / 4), math.log(4 / 3)))
        if math.sqrt(a * r) <= 50 and math.sqrt(a / r) <= 30:
            area.append(a)
            wide.append(math.sqrt(a * r))
    box = drawn(height=30, width=50).box
    for ours, theirs in ((box[:, 2] * box[:, 3], area), (box[:, 3], wide)):
        both = np.sort(np.concatenate([ours.numpy(), theirs]))
        gaps = np.searchsorted(np.sort(ours.numpy()), both, "right") - np.searchsorted(
            np.sort(theirs), both, "right"
        )
        assert np.abs(gaps).max() / MANY < math.sqrt(2) * FAR


def test_boxes_lie_within_the_image_anywhere():
    top, left, tall, wide = drawn(height=30, width=50).box.unbind(1)
    assert (top >= 0).all() and (top + tall <= 30 + 1e-4).all()
    assert (left >= 0).all() and (left + wide <= 50 + 1e-4).all()
    assert distance_from_uniform(top / (30 - tall).clamp_min(1e-6), 0, 1) < FAR
    assert distance_from_uniform(left / (50 - wide).clamp_min(1e-6), 0, 1) < FAR


def test_a_ratio_that_cannot_fit_takes_the_largest_box_that_can():
    views = drawn(SimCLRAugment(crop_area=(1, 1)), 10, 100)
    assert torch.allclose(views.box[:, 2:], torch.tensor([10, 40 / 3]))


@pytest.mark.parametrize(
    ("name", "happened", "probability"),
    [
        ("flip", lambda v: v.flip, 0.5),
        ("jitter", lambda v: (v.factors != torch.tensor([1.0, 1, 1, 0])).any(1), 0.8),
        ("grayscale", lambda v: v.gray, 0.2),
        ("blur", lambda v: v.sigma > 0, 0.5),
    ],
)
def test_probabilities(name, happened, probability):
    share = happened(drawn()).double().mean().item()
    assert abs(share - probability) < 5 * math.sqrt(probability * (1 - probability) / MANY), name


def test_factors_and_sigma_are_uniform():
    views = drawn()
    factors = views.factors[(views.factors != torch.tensor([1.0, 1, 1, 0])).any(1)]
    bounds = [(0.2, 1.8)] * 3 + [(-0.2, 0.2)]
    for column, (low, high) in enumerate(bounds):
        assert distance_from_uniform(factors[:, column], low, high) < 1.2 * FAR
        assert factors[:, column].min() < low + 0.01 and factors[:, column].max() > high - 0.01
    assert distance_from_uniform(views.sigma[views.sigma > 0], 0.1, 2) < 1.5 * FAR
    correlation = torch.corrcoef(factors.T) - torch.eye(4)
    assert correlation.abs().max() < 0.04


def test_strong_jitter_never_turns_a_factor_negative():
    factors = drawn(replace(SIMCLR_IMAGENET, strength=2)).factors
    assert factors[:, :3].min() >= 0 and factors[:, :3].max() > 2.5


def test_every_order_is_equally_likely():
    order = drawn().order
    assert (order.sort(1).values == torch.arange(4)).all()
    counts = torch.bincount(order @ torch.tensor([64, 16, 4, 1])).double()
    counts = counts[counts > 0]
    assert len(counts) == 24
    expected = MANY / 24
    assert ((counts - expected) ** 2 / expected).sum() < 70  # χ² of 23 degrees, p = 1e-6


def test_same_generator_state_gives_the_same_views():
    images = batch(300)
    first = augment(images, SIMCLR_IMAGENET, generator(7))
    assert torch.equal(first, augment(images, SIMCLR_IMAGENET, generator(7)))
    assert not torch.equal(first, augment(images, SIMCLR_IMAGENET, generator(8)))
    running = generator(7)
    augment(images, SIMCLR_IMAGENET, running)
    assert not torch.equal(first, augment(images, SIMCLR_IMAGENET, running))


def test_views_depend_on_no_global_state():
    images = batch(2)
    torch.manual_seed(1)
    first = augment(images, SIMCLR_IMAGENET, generator(7))
    torch.manual_seed(2)
    state = torch.get_rng_state()
    assert torch.equal(first, augment(images, SIMCLR_IMAGENET, generator(7)))
    assert torch.equal(state, torch.get_rng_state())


def test_each_view_is_its_own_whatever_else_is_in_the_batch():
    images = batch(150)
    views = draw_views(SIMCLR_IMAGENET, 150, 32, 32, generator())
    together = apply_views(images, views)
    for row in (0, 77, 149):
        one = slice(row, row + 1)
        assert torch.allclose(together[one], apply_views(images[one], views.part(one)), atol=1e-5)


@pytest.mark.parametrize("shape", [(32, 32), (8, 8), (1, 1), (5, 9), (64, 40)])
@pytest.mark.parametrize("spec", PRESETS.values(), ids=list(PRESETS))
def test_pixels_stay_between_black_and_white(shape, spec):
    images = torch.rand(40, 3, *shape, generator=generator(3)).round()
    views = augment(images, spec, generator())
    assert views.shape == images.shape and views.dtype == images.dtype
    assert views.isfinite().all() and views.min() >= 0 and views.max() <= 1


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_dtype_is_kept_and_the_images_are_not_changed(dtype):
    images = batch().to(dtype)
    before = images.clone()
    views = augment(images, SIMCLR_IMAGENET, generator())
    assert views.dtype == dtype
    assert torch.equal(images, before)
    expected = augment(batch(), SIMCLR_IMAGENET, generator())
    assert torch.allclose(views.float(), expected, atol=2e-2 if dtype == torch.bfloat16 else 1e-3)


def test_no_images_give_no_views():
    assert augment(torch.empty(0, 3, 8, 8), SIMCLR_IMAGENET, generator()).shape == (0, 3, 8, 8)


def test_views_that_change_nothing_change_nothing():
    images = batch()
    assert torch.allclose(apply_views(images, unchanged(6)), images, atol=1e-6)


@pytest.mark.parametrize("shape", [(32, 32), (24, 40)])
def test_crop_is_pillows_bicubic_with_antialiasing(shape):
    height, width = shape
    images = batch(8, height, width)
    views = draw_views(SIMCLR_IMAGENET, 8, height, width, generator(2))
    made = apply_views(images, replace(unchanged(8, height, width), box=views.box))
    expected = []
    for picture, (top, left, tall, wide) in zip(pictures(images), views.box.tolist(), strict=True):
        box = (left, top, min(left + wide, width), min(top + tall, height))
        expected.append(picture.resize((width, height), Image.Resampling.BICUBIC, box=box))
    assert difference(made, expected) < 1.6


def test_flip_mirrors_left_and_right():
    images = batch()
    views = replace(unchanged(6), flip=torch.ones(6, dtype=torch.bool))
    assert torch.allclose(apply_views(images, views), images.flip(3), atol=1e-5)


@pytest.mark.parametrize(
    ("number", "enhancer"),
    [(0, ImageEnhance.Brightness), (1, ImageEnhance.Contrast), (2, ImageEnhance.Color)],
)
@pytest.mark.parametrize("factor", [0.2, 0.7, 1.0, 1.5, 1.8])
def test_brightness_contrast_and_saturation_are_pillows(number, enhancer, factor):
    images = batch()
    factors = unchanged(6).factors
    factors[:, number] = factor
    made = apply_views(images, replace(unchanged(6), factors=factors))
    assert difference(made, [enhancer(p).enhance(factor) for p in pictures(images)]) < 1.6


@pytest.mark.parametrize("shift", [-0.5, -0.2, 0.0, 0.1, 1 / 3])
def test_hue_turns_as_in_hsv(shift):
    images = batch(2, 8, 8).double()
    images[0, :, 0, 0] = 0.5  # gray has no hue, and black and white neither
    images[0, :, 0, 1], images[0, :, 0, 2] = 0, 1
    made = pixels.turn_hue(images.flatten(2), torch.tensor([shift, shift], dtype=torch.float64))
    for before, after in zip(
        images.flatten(2).mT.reshape(-1, 3).tolist(), made.mT.reshape(-1, 3).tolist(), strict=True
    ):
        hue, saturation, value = colorsys.rgb_to_hsv(*before)
        expected = colorsys.hsv_to_rgb((hue + shift) % 1, saturation, value)
        assert after == pytest.approx(expected, abs=1e-9)


def test_each_view_has_its_order_and_is_clipped_after_each_step():
    images = batch(24)
    factors = torch.tensor([1.8, 0.3, 1.7, 0.15]).repeat(24, 1)
    order = torch.cartesian_prod(*[torch.arange(4)] * 4)
    order = order[(order.sort(1).values == torch.arange(4)).all(1)]
    made = apply_views(images, replace(unchanged(24), factors=factors, order=order))

    def step(image, number):
        gray = (image * torch.tensor(pixels.GRAY)[:, None, None]).sum(0, keepdim=True)
        return [
            lambda: image * 1.8,
            lambda: 0.3 * image + 0.7 * gray.mean(),
            lambda: 1.7 * image - 0.7 * gray,
            lambda: pixels.turn_hue(image.flatten(1)[None], torch.tensor([0.15])).view_as(image),
        ][number]().clamp(0, 1)

    for image, numbers, view in zip(images, order.tolist(), made, strict=True):
        for number in numbers:
            image = step(image, number)
        assert torch.allclose(view, image, atol=1e-4)


def test_grayscale_uses_the_weights_of_itu_601():
    images = batch()
    made = apply_views(images, replace(unchanged(6), gray=torch.ones(6, dtype=torch.bool)))
    expected = (images * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1)
    for channel in range(3):
        assert torch.allclose(made[:, channel], expected, atol=1e-6)


@pytest.mark.parametrize(("side", "reach"), [(8, 1), (32, 1), (100, 5)])
def test_blur_is_a_gaussian_of_a_tenth_of_the_height(side, reach):
    dot = torch.zeros(2, 3, side, side)
    dot[:, :, side // 2, side // 2] = 1
    made = apply_views(dot, replace(unchanged(2, side, side), sigma=torch.tensor([0.0, 1.3])))
    assert torch.allclose(made[0], dot[0], atol=1e-6)
    steps = torch.arange(-reach, reach + 1)
    row = torch.exp(-steps.square() / (2 * 1.3**2))
    kernel = torch.outer(row, row) / row.sum() ** 2
    middle = slice(side // 2 - reach, side // 2 + reach + 1)
    assert torch.allclose(made[1, 0, middle, middle], kernel, atol=1e-5)
    assert made[1, 0].sum() == pytest.approx(1, abs=1e-4)


def test_blur_does_not_darken_the_border():
    white = torch.ones(1, 3, 40, 40)
    made = apply_views(white, replace(unchanged(1, 40, 40), sigma=torch.tensor([2.0])))
    assert torch.allclose(made, white, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"flip": 1.1}, "flip must lie between 0 and 1"),
        ({"jitter_probability": math.nan}, "jitter_probability must lie between 0 and 1"),
        ({"strength": -1}, "strength must be 0 or more"),
        ({"hue": math.nan}, "hue must be 0 or more"),
        ({"strength": 3.0}, "hue times strength must be at most half a turn"),
        ({"crop_area": (0.0, 1.0)}, "crop_area must be two ascending numbers over 0 and up to 1"),
        ({"crop_area": (0.9, 0.5)}, "crop_area must be two ascending numbers"),
        ({"crop_ratio": (-1, 1)}, "crop_ratio must be two ascending numbers"),
        ({"blur_sigma": (0.1, math.inf)}, "blur_sigma must be two ascending numbers"),
    ],
)
def test_parameters_out_of_range_are_named(change, sentence):
    with pytest.raises(InputError, match=sentence):
        SimCLRAugment(**change)
