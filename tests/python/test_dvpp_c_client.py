"""The C picture program of tests/c, linked with -lacl_dvpp alone."""

from test_c_client import run_client


def test_c_program_crops_encodes_and_decodes():
    run = run_client(program="picture_app")
    assert run.returncode == 0, run.stderr
    file, pixels, mistake = run.stdout.splitlines()
    assert file == "file: 64 x 32, 3 components, sampling 2"
    # The ramp at (64, 32), at (84, 52) and at (190, 94), halved.
    found = [int(value) for value in pixels.split()[1:]]
    assert all(abs(a - b) <= 2 for a, b in zip(found, (48, 68, 142))), found
    assert mistake.startswith("mistake: 100000 acldvppVpcCropAsync: input picture: width stride "
                              "100 given")  # fmt: skip
    assert "pass 256" in mistake
