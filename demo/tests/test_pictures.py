"""How a picture becomes the network's input."""
import numpy as np
import pictures
import pytest
from PIL import Image

PLAIN = ((0, 0, 0), (1, 1, 1))


def halves(width, height):
    """Left half red, right half blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0], pixels[:, width // 2:, 2] = 200, 100
    return Image.fromarray(pixels)


def test_shape_follows_the_layout():
    assert pictures.Preprocess(8, 6, *PLAIN)(halves(40, 30)).shape == (1, 3, 8, 6)
    assert pictures.Preprocess(8, 6, *PLAIN, layout="NHWC")(halves(40, 30)).shape == (1, 8, 6, 3)


def test_channels_are_red_first_unless_asked():
    red_first = pictures.Preprocess(8, 8, *PLAIN)(halves(64, 64))
    blue_first = pictures.Preprocess(8, 8, *PLAIN, bgr=True)(halves(64, 64))
    assert red_first[0, :, 4, 1].tolist() == [200, 0, 0]
    assert red_first[0, :, 4, 6].tolist() == [0, 0, 100]
    np.testing.assert_array_equal(blue_first[:, ::-1], red_first)


def test_mean_and_deviation_are_in_the_order_fed():
    fed = pictures.Preprocess(8, 8, (10, 20, 30), (2, 4, 5), bgr=True)(halves(64, 64))
    np.testing.assert_allclose(fed[0, :, 4, 1], [-10 / 2, -20 / 4, (200 - 30) / 5])


def test_crop_keeps_the_centre_and_squash_keeps_all():
    wide = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None],
                                     64, 0).repeat(3, 2))
    cropped = pictures.Preprocess(56, 56, *PLAIN)(wide)[0, 0, 0]
    squashed = pictures.Preprocess(56, 56, *PLAIN, resize="squash")(wide)[0, 0, 0]
    assert cropped[0] > 95 and cropped[-1] < 160
    assert squashed[0] < 5 and squashed[-1] > 250


def test_grey_input_takes_one_channel():
    assert pictures.Preprocess(28, 28, (0,), (255,))(halves(64, 64)).shape == (1, 1, 28, 28)


def test_list_pictures_takes_a_folder_or_a_file(tmp_path):
    for name in ("b.jpg", "a.PNG", "notes.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in pictures.list_pictures(tmp_path)] == ["a.PNG", "b.jpg"]
    assert pictures.list_pictures(tmp_path / "b.jpg") == [tmp_path / "b.jpg"]
    with pytest.raises(OSError):
        pictures.list_pictures(tmp_path / "absent")


def test_sheet_holds_every_result(tmp_path):
    results = []
    for index in range(5):
        path = tmp_path / f"{index}.jpg"
        halves(50 + 30 * index, 80).save(path)
        results.append((path, [("a very long class name, longer than its bar", 0.9), ("b", 0.1)],
                        1.5))
    pictures.save_sheet(results, tmp_path / "sheet.png", columns=3, side=200, caption=100)
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (3 * 208 + 8, 2 * 308 + 8)
