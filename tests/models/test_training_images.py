"""Networks and recipes on images: shapes, seeds, pairs, and what each method refuses."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from test_training_loop import same_bits, steps_of

from models.augment.spec import DIGITS
from models.data.images import image_set, train_test
from models.encoders.image import FEATURES, ImageNetSpec, build
from models.errors import InputError
from models.events import finish
from models.losses import nt_xent, sup_con
from models.training.checkpoints import CHECKPOINT
from models.training.estimate import estimate
from models.training.history import read_history
from models.training.loop import train
from models.training.recipes import simclr, supcon
from models.training.recipes.catalog import METHODS, image_task, load_task, reopen, trained_model

SMALL = {"steps": 4, "epochs": None, "batch": 16, "frames": 2, "measurements": 2, "rate": 1e-3}


def small(method, **settings):
    recipe = METHODS[method].PRESETS["laptop"]
    settings = replace(recipe.settings, **(SMALL | settings))
    net = replace(recipe.net, head=(32, 8))
    return replace(recipe, settings=settings, net=net, probe=8, size=16)


@pytest.fixture(scope="module")
def shapes():
    return finish(train_test("shapes", size=16, limit=80))


@pytest.mark.parametrize("backbone", [*FEATURES])
def test_a_network_has_features_and_projections(backbone):
    spec = ImageNetSpec(backbone, head=(32, 3))
    net = build(spec, 0)
    pixels = torch.rand(4, 3, 32, 32)
    assert net.features(pixels).shape == (4, FEATURES[backbone])
    assert net.project(pixels).shape == (4, 3)
    last = net.head[-1]
    assert last.bias is None and last.weight.requires_grad
    linear = [layer for layer in net.head if isinstance(layer, torch.nn.Linear)]
    assert len(linear) == 2 and all(layer.bias is None for layer in linear)


def test_resnet18_has_the_published_size():
    net = build(ImageNetSpec("resnet18"), 0)
    # torchvision's 11,176,512 parameters before the classifier, less 64·3·(49 − 9) in the stem.
    assert sum(p.numel() for p in net.backbone.parameters()) == 11_176_512 - 64 * 3 * 40
    assert net.backbone[:-2](torch.rand(1, 3, 32, 32)).shape == (1, 512, 4, 4)


def test_resnet50_keeps_the_resolution_in_its_stem():
    net = build(ImageNetSpec("resnet50"), 0)
    states = net.backbone.resnet(torch.rand(1, 3, 32, 32)).last_hidden_state
    assert states.shape == (1, 2048, 4, 4)


def test_weights_depend_on_the_seed_alone():
    torch.manual_seed(3)
    state = torch.get_rng_state()
    one, same, other = (build(ImageNetSpec(), seed).state_dict() for seed in (0, 0, 1))
    assert torch.equal(state, torch.get_rng_state())
    same_bits(one, same)
    assert not torch.equal(one["backbone.0.weight"], other["backbone.0.weight"])


@pytest.mark.parametrize("layers", [1, 3])
def test_a_head_has_as_many_layers_as_asked(layers):
    net = build(ImageNetSpec(head=(16, 4), projection_layers=layers), 0)
    widths = [m.out_features for m in net.head if isinstance(m, torch.nn.Linear)]
    assert widths == [16] * (layers - 1) + [4]


@pytest.mark.parametrize(
    "spec",
    [ImageNetSpec("vgg"), ImageNetSpec(head=(16, 0)), ImageNetSpec(projection_layers=0)],
)
def test_a_network_that_cannot_be(spec):
    with pytest.raises(InputError):
        build(spec, 0)


def test_objectives_are_the_published_losses():
    projections = torch.randn(12, 5, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    unit = torch.nn.functional.normalize(projections, dim=1)
    assert simclr.objective(simclr.PRESETS["paper"])(projections, labels) == nt_xent(
        projections[:6], projections[6:], 0.5
    )
    views = torch.stack([torch.stack([unit[i], unit[i + 6]]) for i in range(6)])
    torch.testing.assert_close(
        supcon.objective(supcon.PRESETS["paper"])(projections, labels),
        sup_con(views, labels, 0.1, 0.07),
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_run_on_images_resumes_bit_for_bit(method, shapes, tmp_path):
    task = image_task(small(method), *shapes)
    settings = task.recipe.settings
    result = finish(train(task, settings, tmp_path / "whole"))
    work = train(task, settings, tmp_path / "broken")
    steps_of(work, 2)
    work.close()
    finish(train(task, settings, tmp_path / "broken", resume=True))
    same_bits(*(load_file(tmp_path / name / CHECKPOINT) for name in ("whole", "broken")))
    assert 0 <= result.last.knn <= 100
    history = read_history(tmp_path / "whole")
    assert history.frames.shape == (3, 16, 8)
    np.testing.assert_allclose(np.linalg.norm(history.frames.astype(float), axis=2), 1, atol=2e-3)
    assert (history.labels[:8] == history.labels[8:]).all()
    pixels = np.load(tmp_path / "whole" / "probe-pixels.npy")
    assert pixels.shape == (16, 16, 16, 3) and pixels.dtype == np.uint8

    recipe, source, limit = reopen(tmp_path / "whole")
    assert (recipe, source, limit) == (task.recipe, "shapes", None)
    model = trained_model(tmp_path / "whole")
    assert not model.training
    views = torch.nn.functional.normalize(model.project(task.views()), dim=1).detach()
    np.testing.assert_allclose(history.frames[-1], views.numpy(), atol=2e-3)


def test_the_probe_shows_two_views_of_the_same_images_always(shapes):
    task = image_task(small("simclr"), *shapes)
    views = task.views()
    assert torch.equal(views, task.views())
    first, second = views.chunk(2)
    assert not torch.equal(first, second)
    assert len(task.labels) == len(views) == 16
    assert not task.labels.flags.writeable


def test_gray_images_get_their_own_augmentation():
    gray = finish(load_task(small("simclr"), "digits", 100))
    assert gray.recipe.augment == DIGITS
    kept = finish(load_task(small("simclr"), "digits", 100, fit=False))
    assert kept.recipe.augment == small("simclr").augment


def of(labels, classes=("a", "b")):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (len(labels), 16, 16, 3), np.uint8)
    return image_set(pixels, np.array(labels, np.int64), classes, "Mine", "/mine")


def test_supcon_needs_two_labelled_classes():
    test = of([0] * 8)
    with pytest.raises(InputError, match="Mine has one class only"):
        image_task(small("supcon"), of([1] * 32), test)
    with pytest.raises(InputError, match="without a label"):
        image_task(small("supcon"), of([0, 1, -1] * 12), test)
    image_task(small("simclr"), of([1] * 32), test)


@pytest.mark.parametrize(("label", "classes"), [(-1, ()), (0, ("a",))])
def test_images_without_classes_are_trained_on_without_knn(tmp_path, label, classes):
    task = image_task(small("simclr"), of([label] * 32, classes), of([label] * 8, classes))
    result = finish(train(task, task.recipe.settings, tmp_path / "run"))
    assert result.last.knn is None
    assert read_history(tmp_path / "run").measured[-1].knn is None


def test_a_temperature_is_positive():
    with pytest.raises(InputError, match="temperature"):
        image_task(replace(small("simclr"), temperature=0.0), of([0, 1]), of([0, 1]))


def test_a_learning_rate_out_of_this_world_is_told(shapes, tmp_path):
    task = image_task(small("simclr", rate=1e30, optimiser="sgd", steps=30), *shapes)
    with pytest.raises(InputError, match="lower the learning rate"):
        finish(train(task, task.recipe.settings, tmp_path / "run"))


def test_an_estimate_changes_nothing_and_counts_memory(shapes, tmp_path):
    task = image_task(small("simclr"), *shapes)
    guess = finish(estimate(task, task.recipe.settings))
    assert guess.steps == 4
    assert guess.seconds >= 4 * guess.step_seconds > 0
    larger = image_task(small("simclr", batch=32), *shapes)
    assert finish(estimate(larger, larger.recipe.settings)).memory > guess.memory > 1e6
