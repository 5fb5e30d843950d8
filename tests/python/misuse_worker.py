"""Calls every function of the module with random ints; run as a program by test_misuse.py.

Arguments: seed, number of rounds. Ends by printing "survived".
"""

import pathlib
import random
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "api"))

import acl
from gen import declarations

# Read or written without a handle in between: an int that is no address is undefined there.
MEMORY = {"const void *", "void *"}
# Not called: they wait for what never comes, or take objects that are not ints.
LEFT_OUT = {"acl.util.start_thread", "acl.util.bytes_to_ptr", "acl.util.numpy_to_ptr",
            "acl.util.numpy_contiguous_to_ptr"}
INTERESTING = [0, 1, 2, 3, 7, 8, 64, 255, 4096, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**47, 2**63,
               2**64 - 1, -1, -2, 0xDEADBEEF, 0x7F0000000000]


def media_handles(memory):
    """An open channel, a small picture in `memory` and one of everything else of acl.media."""
    channel, picture = acl.media.dvpp_create_channel_desc(), acl.media.dvpp_create_pic_desc()
    acl.media.dvpp_create_channel(channel)
    for name, value in (("data", memory), ("size", 256), ("width", 16), ("height", 8),
                        ("width_stride", 16), ("height_stride", 8)):  # fmt: skip
        getattr(acl.media, f"dvpp_set_pic_desc_{name}")(picture, value)
    return [channel, picture, acl.media.dvpp_create_batch_pic_desc(2),
            acl.media.dvpp_create_roi_config(0, 7, 0, 3), acl.media.dvpp_create_resize_config(),
            acl.media.dvpp_create_border_config(), acl.media.dvpp_create_jpege_config(),
            acl.media.dvpp_create_hist(), acl.media.dvpp_create_lut_map()]  # fmt: skip


def live_handles():
    """Handles of every kind: most functions will get one that is not theirs."""
    context, _ = acl.rt.create_context(0)
    stream, _ = acl.rt.create_stream()
    event, _ = acl.rt.create_event()
    memory, _ = acl.rt.malloc(256, 0)
    host, _ = acl.rt.malloc_host(256)
    buffer = acl.create_data_buffer(memory, 256)
    return [context, stream, event, memory, host, buffer, acl.mdl.create_dataset(),
            acl.mdl.create_desc(), acl.create_tensor_desc(0, [2, 2], 2), *media_handles(memory)]


def memory_arguments(function):
    """Positions of the arguments that are plain memory."""
    if function.python.startswith("acl.util."):
        return set()
    if not function.prototype or function.by_hand:
        return set()
    types = {parameter.snake: parameter.type for parameter in function.parameters}
    return {index for index, value in enumerate(function.args)
            if types.get(value.name) in MEMORY}


def argument(function, index, value, rng, handles, block):
    if index in memory_arguments(function):
        return rng.choice([0, block, block + rng.randrange(32)])
    if value.type == "str":
        return rng.choice(["", "x", "/nowhere/x.om", "/", "ä" * 300])
    if value.type.startswith("dict"):
        return rng.choice([{}, {"dimCount": 2**40, "dims": [1, 2]},
                           {"dims": [rng.getrandbits(64)]}])
    if value.type == "list[list[int]]":
        return [[rng.getrandbits(63), -1] for _ in range(rng.randrange(3))]
    if value.type.startswith("list"):
        return [rng.randrange(-4, 100) for _ in range(rng.randrange(4))]
    if value.name == "shape":
        return tuple(rng.randrange(4) for _ in range(rng.randrange(3)))
    if value.type == "float":
        return rng.choice([0.0, -1.5, 1e300, float("nan")])
    if value.name in ("size", "count", "max_count", "dest_max", "width", "height", "dpitch",
                      "spitch", "model_size", "length", "work_size", "weight_size"):
        return rng.choice([0, 1, 16, 64, 2**63, 2**64 - 1])
    if value.name == "timeout":
        return rng.choice([0, 1, -2, -100])
    return rng.choice([*INTERESTING, *handles, rng.getrandbits(16), rng.getrandbits(64)])


def rescue(calls):
    """Breaks off what waits for nothing, such as synchronize after a wait nobody will end."""
    before = None
    while True:
        time.sleep(0.05)
        if calls[0] == before:
            for device in (0, 1, 2, 3, 7):
                acl.rt.device_task_abort(device, 1)
        before = calls[0]


def one_round(functions, rng, calls):
    assert acl.init() in (0, 100002)
    assert acl.rt.set_device(0) == 0
    block, _ = acl.rt.malloc(4096, 0)
    handles = live_handles()
    for function in rng.sample(functions, len(functions)):
        module = getattr(acl, function.module) if function.module else acl
        given = [argument(function, index, value, rng, handles, block)
                 for index, value in enumerate(function.args)]
        print(function.python, given, file=sys.stderr, flush=True)
        try:
            calls[0] += 1
            getattr(module, function.name)(*given)
        except (TypeError, ValueError, MemoryError, RuntimeError):  # RuntimeError: group details
            pass
        acl.get_recent_err_msg()


def main():
    rng = random.Random(int(sys.argv[1]))
    functions = [f for f in declarations.load(ROOT / "api").python_functions()
                 if f.python not in LEFT_OUT]
    calls = [0]
    threading.Thread(target=rescue, args=[calls], daemon=True).start()
    for _ in range(int(sys.argv[2])):
        one_round(functions, rng, calls)
    print("survived")


if __name__ == "__main__":
    main()
