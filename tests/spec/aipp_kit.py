"""What the cases about AIPP share: configurations, their conversion, their arithmetic."""

import contextlib
import functools
import itertools

import numpy as np
from acl_runner import LoadedModel
from aipp_models import pass_through
from aipp_reference import config_text, picture_bytes, reference
from model_kit import folder
from rows import ok
from toolchain import run_atc

NUMBERS = itertools.count()
SIZE = (8, 6)  # width and height of most pictures


@functools.cache
def network(*shapes):
    name = "_".join("x".join(map(str, shape)) for shape in shapes)
    return pass_through(folder() / f"aipp_{name}.onnx", *shapes)


def run_converter(text, shapes, *options):
    """(finished atc, path of the .om) for a configuration text."""
    number = next(NUMBERS)
    config, output = folder() / f"aipp{number}.cfg", folder() / f"aipp{number}"
    config.write_text(text)
    process = run_atc(f"--model={network(*shapes)}", "--framework=5", f"--output={output}",
                      "--soc_version=Ascend310P3", f"--insert_op_conf={config}", *options)
    return process, output.with_suffix(".om")


def refused(code, words, text, shapes=((1, 3, 6, 8),), *options):
    process, _ = run_converter(text, shapes, *options)
    assert process.returncode != 0 and f"{code}:" in process.stdout, process.stdout
    assert words in process.stdout, process.stdout


def block(layout="RGB888_U8", **fields):
    return {"aipp_mode": "static", "input_format": layout, **fields}


def text_of(**fields):
    return config_text(block(**fields))


def accepted(text, *shapes):
    process, om = run_converter(text, shapes or ((1, 3, 6, 8),))
    assert process.returncode == 0, process.stdout
    return om


def noise(layout, size=SIZE, batch=1):
    count = batch * picture_bytes(layout, *size)
    return np.random.default_rng(3).integers(0, 256, count, np.uint8)


def result_of(acl, text, layout="RGB888_U8", size=SIZE, shape=(1, 3, 6, 8)):
    """What a model with this configuration makes of noise."""
    with LoadedModel(acl, accepted(text, shape)) as model:
        return model.run([noise(layout, size)])[0]


def check(acl, layout="RGB888_U8", size=SIZE, channels=3, **fields):
    """The arithmetic of a configuration against whole numbers in numpy."""
    one = block(layout, **fields)
    width, height = size
    if fields.get("crop"):
        width, height = fields["crop_size_w"], fields["crop_size_h"]
    if fields.get("padding"):
        width += fields.get("left_padding_size", 0) + fields.get("right_padding_size", 0)
        height += fields.get("top_padding_size", 0) + fields.get("bottom_padding_size", 0)
    shape = (1, channels, height, width)
    found = result_of(acl, config_text(one), layout, size, shape)
    assert np.array_equal(found, reference(noise(layout, size), one, channels, size))
    return found


@functools.cache
def dynamic_om():
    text = "aipp_op { aipp_mode: dynamic max_src_image_size: 100000 }"
    return accepted(text, (2, 3, 6, 8))


@contextlib.contextmanager
def dynamic_model(acl):
    with LoadedModel(acl, dynamic_om()) as model:
        yield model


@contextlib.contextmanager
def new_settings(acl, batch=2):
    handle = acl.mdl.create_aipp(batch)
    assert handle != 0
    yield handle
    ok(acl.mdl.destroy_aipp(handle))
