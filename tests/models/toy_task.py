"""A task without images: vectors, two noisy copies of each, a network with dropout."""

import numpy as np
import torch
from torch import nn

from models.losses import nt_xent
from models.training.task import Figures


class ToyTask:
    """64 points of two clusters; ``loss`` may be given to make a step fail."""

    def __init__(self, examples=64, spoil=None, mean=0.0):
        rng = np.random.default_rng(0)
        self.examples = examples
        self.points = torch.from_numpy(rng.normal(mean, 1, (examples, 6)).astype(np.float32))
        self.config = {"task": "toy", "data": {"mean": mean}}
        self.labels = np.tile(np.arange(8) % 2, 2)
        self.labels.setflags(write=False)
        self.probe = {"probe-points": self.points[:8].numpy()}
        self.spoil = spoil
        self.seen = []

    def start(self, device, settings):
        return ToyLearner(self, device, settings)


class ToyLearner:
    def __init__(self, task, device, settings):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            self.model = nn.Sequential(
                nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 4)
            ).to(device)
        self.task = task
        self.calls = 0

    def loss(self, rows, generator):
        self.task.seen.append(rows.tolist())
        self.calls += 1
        points = self.task.points[rows]
        first, second = (
            points + 0.1 * torch.randn(points.shape, generator=generator) for _ in range(2)
        )
        loss = nt_xent(*self.model(torch.cat([first, second])).chunk(2), 0.5)
        return self.task.spoil(self.calls, loss, self.model) if self.task.spoil else loss

    def embed(self, rows=slice(None)):
        with torch.no_grad():
            points = torch.cat([self.task.points[:8], self.task.points[:8] + 0.1])[rows]
            return nn.functional.normalize(self.model(points), dim=1)

    def figures(self, vectors):
        return Figures(alignment=float(vectors[0, 0]), uniformity=float(vectors[0, 1]))
