#!/usr/bin/python3
"""Trains the demo's road-sign classifier and writes everything the demo needs:

  demo/model/signs.onnx     the network (BatchNorm kept apart: folding it is the compiler's work)
  demo/model/labels.txt     one class name per line
  demo/model/metrics.json   the measured accuracy and how it was measured
  demo/pictures/*.jpg       pictures of their own seed, seen neither in training nor in the test

Needs python3-torch, python3-numpy, python3-pil and fonts-dejavu-core of Debian 12; nothing else
in the project does. Takes about a quarter of an hour on two cores:

  sudo apt-get install --no-install-recommends python3-torch && demo/train/train.py
"""
import argparse
import io
import json
import multiprocessing
import pathlib
import time

import numpy as np
import torch
from PIL import Image
from torch import nn

import signs

DEMO = pathlib.Path(__file__).resolve().parent.parent
SIDE = 64  # what the network sees
DRAWN = 128  # what is drawn for training and test, then JPEG-coded, then resized
TRAIN_SEED, TEST_SEED, BUNDLE_SEED, WEIGHT_SEED = 2026, 9001, 4242, 11


def to_input(image):
    """The picture as the network sees it: SIDE x SIDE, RGB."""
    return np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.BILINEAR), np.uint8)


def drawn_sample(job):
    """One JPEG-coded picture, resized. Its generator depends on (seed, index) only."""
    seed, index = job
    label = index % len(signs.CLASSES)
    rng = np.random.default_rng([seed, index])
    coded = io.BytesIO()
    signs.draw_picture(label, rng, DRAWN).save(coded, "JPEG", quality=int(rng.integers(40, 96)))
    return to_input(Image.open(coded))


def draw_set(seed, count):
    with multiprocessing.Pool() as pool:
        pixels = pool.map(drawn_sample, [(seed, i) for i in range(count)], chunksize=64)
    labels = np.arange(count) % len(signs.CLASSES)
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2), torch.from_numpy(labels)


class Block(nn.Module):
    """Two 3x3 convolutions and a way around them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.around = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.around = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                                        nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + self.around(x))


class SignNet(nn.Module):
    """A small ResNet; input [N,3,64,64], RGB, (x - 127.5) / 64; output [N,classes] logits."""

    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.blocks = nn.Sequential(
            Block(16, 16, 1), Block(16, 16, 1), Block(16, 32, 2), Block(32, 32, 1),
            Block(32, 64, 2), Block(64, 64, 1))
        self.head = nn.Linear(64, classes)

    def forward(self, x):
        x = torch.relu(self.norm(self.stem(x)))
        x = nn.functional.adaptive_avg_pool2d(self.blocks(x), 1)
        return self.head(torch.flatten(x, 1))


def normalise(pixels):
    return (pixels.float() - 127.5) / 64.0


def shifted(pixels, generator):
    """The batch moved by up to four pixels: one of 81 shifts."""
    dy, dx = torch.randint(-4, 5, (2,), generator=generator).tolist()
    return torch.roll(pixels, (dy, dx), (2, 3))


def predict(net, pixels):
    net.eval()
    with torch.no_grad():
        return torch.cat([net(normalise(part)).argmax(1) for part in pixels.split(256)])


def train(net, pixels, labels, epochs, batch=64):
    generator = torch.Generator().manual_seed(WEIGHT_SEED)
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, nesterov=True,
                                weight_decay=5e-4)
    steps = epochs * (len(labels) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.15, total_steps=steps,
                                                   pct_start=0.2)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    for epoch in range(epochs):
        started, total = time.time(), 0.0
        net.train()
        order = torch.randperm(len(labels), generator=generator)
        for chosen in order[: len(labels) // batch * batch].split(batch):
            loss = loss_of(net(normalise(shifted(pixels[chosen], generator))), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(chosen)
        print(f"epoch {epoch + 1}/{epochs}: loss {total / len(labels):.4f}, "
              f"{time.time() - started:.0f} s", flush=True)


def export(net, path):
    net.eval()
    torch.onnx.export(net, torch.zeros(1, 3, SIDE, SIDE), str(path), opset_version=13,
                      input_names=["image"], output_names=["scores"],
                      dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}},
                      training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)


def write_pictures(folder, count):
    """Bundled pictures: larger than what was trained on, one per class, first come."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.jpg"):
        old.unlink()
    for place in range(count):
        label = place * 7 % len(signs.CLASSES)
        image = signs.draw_picture(label, np.random.default_rng([BUNDLE_SEED, place]), 320)
        name = signs.CLASSES[label][0].replace(" ", "_")
        image.save(folder / f"{name}.jpg", quality=88)


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--train", type=int, default=19 * 900, help="pictures to train on")
    options.add_argument("--test", type=int, default=19 * 200, help="pictures to measure on")
    options.add_argument("--epochs", type=int, default=14)
    options.add_argument("--pictures", type=int, default=8, help="pictures to bundle")
    given = options.parse_args()
    torch.manual_seed(WEIGHT_SEED)
    torch.use_deterministic_algorithms(True)

    names = [name for name, _ in signs.CLASSES]
    pixels, labels = draw_set(TRAIN_SEED, given.train)
    unseen, truth = draw_set(TEST_SEED, given.test)
    print(f"{len(labels)} pictures to train on, {len(truth)} to test on", flush=True)
    net = SignNet(len(names))
    train(net, pixels, labels, given.epochs)

    guess = predict(net, unseen)
    accuracy = (guess == truth).float().mean().item()
    print(f"accuracy on pictures never seen: {100 * accuracy:.2f} %")
    per_class = {name: round((guess[truth == i] == i).float().mean().item(), 4)
                 for i, name in enumerate(names)}
    model = DEMO / "model"
    model.mkdir(exist_ok=True)
    export(net, model / "signs.onnx")
    (model / "labels.txt").write_text("\n".join(names) + "\n")
    (model / "metrics.json").write_text(json.dumps({
        "test_accuracy": round(accuracy, 4), "test_pictures": given.test,
        "training_pictures": given.train, "epochs": given.epochs,
        "parameters": sum(p.numel() for p in net.parameters()),
        "seeds": {"training": TRAIN_SEED, "test": TEST_SEED, "bundled": BUNDLE_SEED,
                  "weights": WEIGHT_SEED},
        "accuracy_per_class": per_class}, indent=2) + "\n")
    write_pictures(DEMO / "pictures", given.pictures)


if __name__ == "__main__":
    main()
