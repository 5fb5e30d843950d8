#include "media/vpc/transform.h"

#include <gtest/gtest.h>

#include "media/vpc/picture_test_util.h"
#include "media/vpc/reference_test_util.h"

namespace poacl::media {
namespace {

constexpr double kRounding = 0.5001;

// Takes chunks from the end, so that nothing depends on their order.
class BackwardFor final : public ParallelFor {
 public:
  int width() const noexcept override { return 3; }
  void run(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx) override {
    for (int64_t i = chunks; i-- > 0;) fn(ctx, i, static_cast<int>(i % 3));
  }
};

Rect random_area(std::mt19937& random, int width, int height) {
  Rect area;
  area.left = static_cast<int>(random() % static_cast<unsigned>(width));
  area.top = static_cast<int>(random() % static_cast<unsigned>(height));
  area.width = 1 + static_cast<int>(random() % static_cast<unsigned>(width - area.left));
  area.height = 1 + static_cast<int>(random() % static_cast<unsigned>(height - area.top));
  if (random() % 3 == 0) area = {0, 0, width, height};
  return area;
}

int random_side(std::mt19937& random) {
  static constexpr int kSides[] = {1, 2, 3, 5, 16, 17, 31, 33, 64, 66, 100, 131, 400};
  if (random() % 2 == 0) return kSides[random() % std::size(kSides)];
  return 1 + static_cast<int>(random() % 90);
}

const FormatInfo& random_format(std::mt19937& random) {
  return pixel_formats()[random() % pixel_formats().size()];
}

struct Case {
  std::mt19937& random;
  const FormatInfo& from;
  const FormatInfo& to;

  void run(int number) {
    const int width = random_side(random);
    const int height = random_side(random);
    TestPicture source(from.format, width, height, random, static_cast<int>(random() % 2) * 37,
                       static_cast<int>(random() % 3));
    const int out_width = random_side(random);
    const int out_height = random_side(random);
    TestPicture target(to.format, out_width, out_height, random,
                       static_cast<int>(random() % 2) * 21, static_cast<int>(random() % 3));
    Region region = {random_area(random, width, height),
                     random_area(random, out_width, out_height)};
    if (random() % 4 == 0) {  // nothing to scale
      region.crop.width = region.paste.width = std::min(region.crop.width, region.paste.width);
      region.crop.height = region.paste.height = std::min(region.crop.height, region.paste.height);
    }
    TransformOptions options;
    options.method = static_cast<Interpolation>(random() % 3);
    const Csc& matrix = *find_csc(static_cast<int64_t>(random() % 6));
    options.csc = &matrix;
    options.alpha = static_cast<uint8_t>(random());
    const Rect& crop = region.crop;
    const Rect& paste = region.paste;
    const std::string what = fmt_case(number, source.picture, target.picture, region, options);

    // The same in two steps: scaled in the source's format, then converted.
    const bool scales = crop.width != paste.width || crop.height != paste.height;
    TestPicture scaled(from.format, paste.width, paste.height, random);
    BackwardFor backward;
    options.isa = Isa::kGeneric;
    ASSERT_TRUE(
        transform(source.picture, scaled.picture, {crop, whole(scaled.picture)}, options, backward)
            .ok());
    Channels wanted = read_area(source, crop);
    for (auto& [c, channel] : wanted) {
      const ComponentArea a = component_area(scaled.picture, c, whole(scaled.picture));
      channel = scale_reference(channel, a.width, a.height, options.method);
    }
    const bool exact = !scales || options.method == Interpolation::kNearest;
    EXPECT_LE(largest_difference(scaled, whole(scaled.picture), wanted), exact ? 0.0 : 1.0) << what;

    const Channels scaled_channels = read_area(scaled, whole(scaled.picture));
    const Channels converted = convert_reference(scaled_channels, from, to, paste.width,
                                                 paste.height, matrix, options.alpha);
    const std::vector<uint8_t> before = target.bytes();
    std::vector<uint8_t> first;
    for (const Isa isa : tested_isas()) {
      options.isa = isa;
      target.set_bytes(before);
      SerialFor serial;
      ParallelFor& workers = isa == Isa::kGeneric ? static_cast<ParallelFor&>(serial) : backward;
      ASSERT_TRUE(transform(source.picture, target.picture, region, options, workers).ok());
      if (isa == Isa::kGeneric) {
        first = target.bytes();
        EXPECT_LE(largest_difference(target, paste, converted),
                  from.format == to.format ? 0.0 : kRounding + 0.1)
            << what;
        expect_only_area_changed(target, paste, before, what);
      } else {
        EXPECT_TRUE(target.bytes() == first) << isa_name(isa) << " differs from generic: " << what;
      }
    }
  }

  static std::string fmt_case(int number, const Picture& source, const Picture& target,
                              const Region& region, const TransformOptions& options) {
    const auto area = [](const Rect& r) {
      return "(" + std::to_string(r.left) + ", " + std::to_string(r.top) + ") " +
             std::to_string(r.width) + "x" + std::to_string(r.height);
    };
    const auto picture = [](const Picture& p) {
      return std::string(format_info(p.format).name) + " " + std::to_string(p.width) + "x" +
             std::to_string(p.height) + " stride " + std::to_string(p.width_stride);
    };
    return "case " + std::to_string(number) + ": " + picture(source) + " " + area(region.crop) +
           " to " + picture(target) + " " + area(region.paste) + " method " +
           std::to_string(static_cast<int>(options.method));
  }
};

TEST(Transform, EveryPairOfFormats) {
  std::mt19937 random(1);
  int number = 0;
  for (const FormatInfo& from : pixel_formats()) {
    for (const FormatInfo& to : pixel_formats()) {
      Case{random, from, to}.run(number++);
      if (HasFailure()) return;
    }
  }
}

TEST(Transform, RandomSweep) {
  std::mt19937 random(2);
  for (int number = 0; number < 3000 && !HasFailure(); ++number) {
    Case{random, random_format(random), random_format(random)}.run(number);
  }
}

TEST(Transform, RandomSweepWithinOneFormat) {
  std::mt19937 random(3);
  for (int number = 0; number < 2000 && !HasFailure(); ++number) {
    const FormatInfo& format = random_format(random);
    Case{random, format, format}.run(number);
  }
}

}  // namespace
}  // namespace poacl::media
