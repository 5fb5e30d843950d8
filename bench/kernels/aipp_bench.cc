// Times the kernels of Aipp on one core: pictures in bytes to float NCHW, whole and cropped.
//
//   bench_aipp [--seconds=S]
//
// Prints for each case and kernel the best and the median time of one picture, in microseconds of
// this thread's time on a core: other programs may be running.

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/aipp/aipp_picture.h"
#include "kernels/kernel.h"

namespace poacl::bench {
namespace {

using aipp::Format;
using aipp::Picture;

double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

Picture picture_of(Format format, int32_t width, int32_t height, bool csc) {
  Picture p;
  p.format = format;
  p.width = width;
  p.height = height;
  p.csc = csc;
  constexpr int32_t kMatrix[9] = {298, 516, 0, 298, -100, -208, 298, 0, 409};
  std::copy(kMatrix, kMatrix + 9, p.matrix);
  constexpr int32_t kBias[3] = {16, 128, 128};
  std::copy(kBias, kBias + 3, p.input_bias);
  for (int i = 0; i < aipp::kChannels; ++i) {
    p.min[i] = 123.7f;
    p.var_reci[i] = 0.017f;
  }
  return p;
}

Picture cropped(Picture p, int32_t width, int32_t height) {
  p.crop = true;
  p.crop_x = (p.width - width) / 4 * 2;
  p.crop_y = (p.height - height) / 4 * 2;
  p.crop_width = width;
  p.crop_height = height;
  return p;
}

void measure(const char* title, const Picture& p, double seconds) {
  AttrMap attrs;
  aipp::write_attrs(p, &attrs);
  const int64_t channels = aipp::channel_count(p.format);
  const TensorDesc input{DataType::kUint8, aipp::stored_dims(p.format, 1, p.width, p.height)};
  const TensorDesc output{DataType::kFloat, {1, channels, p.out_height(), p.out_width()}};
  const Tensor* no_constant = nullptr;
  const OpInstance op{"Aipp", &attrs, {&input, 1}, {&no_constant, 1}, {&output, 1}};
  std::vector<uint8_t> source(storage_bytes(input));
  for (size_t i = 0; i < source.size(); ++i) source[i] = static_cast<uint8_t>(i * 131 + i / 977);
  std::vector<float> result(storage_bytes(output) / sizeof(float));
  const void* in = source.data();
  void* out = result.data();
  SerialFor serial;
  for (const KernelImpl* kernel : kernels_for("Aipp")) {
    KernelPlan plan;
    if (kernel->isa > detected_isa() || !kernel->plan(op, PlanContext{1}, &plan).ok()) continue;
    const KernelArgs args{plan.params.data(), &in, &out, nullptr, &serial};
    std::vector<double> times;
    for (const double end = thread_seconds() + seconds; thread_seconds() < end;) {
      const double begin = thread_seconds();
      kernel->run(args);
      times.push_back((thread_seconds() - begin) * 1e6);
    }
    std::sort(times.begin(), times.end());
    std::printf("%-34s %-18s best %9.1f us  median %9.1f us\n", title, kernel->name, times[0],
                times[times.size() / 2]);
  }
}

}  // namespace
}  // namespace poacl::bench

int main(int argc, char** argv) {
  using namespace poacl::bench;
  double seconds = 0.3;
  constexpr std::string_view kSeconds = "--seconds=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (!option.starts_with(kSeconds)) {
      std::fprintf(stderr, "usage: bench_aipp [--seconds=S]\n");
      return 1;
    }
    seconds = std::atof(argv[i] + kSeconds.size());
  }
  measure("NV12 224x224, colours", picture_of(Format::kYuv420sp, 224, 224, true), seconds);
  measure("NV12 224x224", picture_of(Format::kYuv420sp, 224, 224, false), seconds);
  measure("RGB 224x224", picture_of(Format::kRgb888, 224, 224, false), seconds);
  measure("XRGB 224x224, colours", picture_of(Format::kXrgb8888, 224, 224, true), seconds);
  measure("YUYV 224x224, colours", picture_of(Format::kYuyv, 224, 224, true), seconds);
  measure("grey 224x224", picture_of(Format::kYuv400, 224, 224, false), seconds);
  const Picture full = picture_of(Format::kYuv420sp, 1920, 1080, true);
  measure("NV12 1080p to 224x224, colours", cropped(full, 224, 224), seconds);
  measure("NV12 1080p to 416x416, colours", cropped(full, 416, 416), seconds);
  measure("NV12 1080p to 640x640, colours", cropped(full, 640, 640), seconds);
  measure("NV12 1080p whole, colours", full, seconds);
  return 0;
}
