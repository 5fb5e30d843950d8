#!/usr/bin/python3
"""OpenCV and Pillow on the cases of bench/media/run, behind the line protocol of the harness.

    input KIND WIDTH HEIGHT FILE     KIND as PoACL names formats
    job NAME PARAMETERS...           a function of this file
    run N                            nanoseconds of each
    output FILE                      the first picture
"""

import os
import sys
import time

import cv2
import numpy as np
from PIL import Image

cv2.setNumThreads(int(os.environ.get("POACL_THREADS", "1")))


class Rival:
    def __init__(self):
        self.source = self.function = self.result = None

    def input(self, kind, width, height, path):
        width, height = int(width), int(height)
        data = np.fromfile(path, np.uint8)
        if kind == "YUV_SEMIPLANAR_420":
            self.source = data[: width * height * 3 // 2].reshape(height * 3 // 2, width)
        else:
            self.source = data[: width * height * 3].reshape(height, width, 3)
        self.height = height

    def job(self, name, *words):
        self.function = getattr(self, "make_" + name)(*map(int, words))

    def run(self, count):
        times = []
        for _ in range(int(count)):
            start = time.perf_counter_ns()
            self.result = self.function()
            times.append(time.perf_counter_ns() - start)
        return " ".join(map(str, times))

    def output(self, path):
        np.ascontiguousarray(self.result).tofile(path)

    def planes(self, area):
        left, top, width, height = area
        luma = self.source[top : top + height, left : left + width]
        chroma = self.source[self.height :].reshape(self.height // 2, -1, 2)
        return luma, chroma[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]

    def make_convert_resize(self, left, top, width, height, out_width, out_height):
        """All of the picture to RGB, then the area to its size."""

        def run():
            rgb = cv2.cvtColor(self.source, cv2.COLOR_YUV2RGB_NV12)
            area = rgb[top : top + height, left : left + width]
            return cv2.resize(area, (out_width, out_height), interpolation=cv2.INTER_LINEAR)

        return run

    def make_resize_convert(self, left, top, width, height, out_width, out_height):
        """Each plane of the area to its size, then to RGB: the least work in OpenCV."""
        luma, chroma = self.planes((left, top, width, height))

        def run():
            small = cv2.resize(luma, (out_width, out_height), interpolation=cv2.INTER_LINEAR)
            half = cv2.resize(chroma, (out_width // 2, out_height // 2),
                              interpolation=cv2.INTER_LINEAR)  # fmt: skip
            return cv2.cvtColorTwoPlane(small, half, cv2.COLOR_YUV2RGB_NV12)

        return run

    def make_batch(self, left, top, width, height, out_width, out_height, count, step):
        functions = [
            self.make_resize_convert(left + i * step, top, width, height, out_width, out_height)
            for i in range(count)
        ]

        def run():
            return [function() for function in functions][0]

        return run

    def make_resize_planes(self, out_width, out_height):
        luma, chroma = self.planes((0, 0, self.source.shape[1], self.height))

        def run():
            small = cv2.resize(luma, (out_width, out_height), interpolation=cv2.INTER_LINEAR)
            half = cv2.resize(chroma, (out_width // 2, out_height // 2),
                              interpolation=cv2.INTER_LINEAR)  # fmt: skip
            return np.concatenate([small.reshape(-1), half.reshape(-1)])

        return run

    def make_resize(self, out_width, out_height, nearest):
        method = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
        return lambda: cv2.resize(self.source, (out_width, out_height), interpolation=method)

    def make_pillow(self, out_width, out_height, nearest):
        image = Image.fromarray(self.source)
        method = Image.NEAREST if nearest else Image.BILINEAR
        return lambda: image.resize((out_width, out_height), method)

    def make_to_rgb(self):
        return lambda: cv2.cvtColor(self.source, cv2.COLOR_YUV2RGB_NV12)

    def make_to_yuv(self):
        return lambda: cv2.cvtColor(self.source, cv2.COLOR_RGB2YUV_I420)

    def make_to_gray(self):
        return lambda: cv2.cvtColor(self.source, cv2.COLOR_RGB2GRAY)

    def make_swap(self):
        return lambda: cv2.cvtColor(self.source, cv2.COLOR_RGB2BGR)


def main():
    rival = Rival()
    for line in sys.stdin:
        words = line.split()
        if words[0] == "quit":
            break
        try:
            print("ok", getattr(rival, words[0])(*words[1:]) or "", flush=True)
        except Exception as error:  # noqa: BLE001 - the harness wants a sentence
            print("error", repr(error), flush=True)


if __name__ == "__main__":
    main()
