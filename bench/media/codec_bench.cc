// JPEG decoding and encoding against libjpeg-turbo's own planar interface, in turns in one process:
//   codec_bench [--rounds N] [--threads N] [FILE.jpg ...]
// Without files a 1920 x 1080 picture is made in each sampling. For every case: the fastest and the
// median processor time of both, rival / ours of the fastest, and the median of the ratios of
// single rounds (more is better). The rival is told to use the accurate transform, as ours does:
// the bits are the same. Then decodes per second on 1 to N threads at once.
#include <fmt/format.h>
#include <time.h>
#include <turbojpeg.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "media/jpeg/jpeg_decode.h"
#include "media/jpeg/jpeg_encode.h"

namespace {

using namespace poacl::media;
using Clock = std::chrono::steady_clock;
using Bytes = std::vector<uint8_t>;

constexpr int kWidth = 1920;
constexpr int kHeight = 1080;
constexpr int kQuality = 90;

[[noreturn]] void fail(const std::string& sentence) {
  fmt::print(stderr, "codec_bench: {}\n", sentence);
  std::exit(1);
}

double processor_milliseconds(clockid_t clock) {
  timespec now = {};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Of this thread on a core: what others do on the machine counts as little as possible.
double milliseconds(const std::function<void()>& work) {
  const double begin = processor_milliseconds(CLOCK_THREAD_CPUTIME_ID);
  work();
  return processor_milliseconds(CLOCK_THREAD_CPUTIME_ID) - begin;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// Who begins changes from round to round, as the caches are warmer for the second.
void compare(const std::string& name, int rounds, const std::function<void()>& ours,
             const std::function<void()>& rival) {
  std::vector<double> our_times;
  std::vector<double> rival_times;
  std::vector<double> ratios;
  for (int round = 0; round < rounds + 2; ++round) {
    double times[2];
    for (int turn = 0; turn < 2; ++turn) {
      const bool is_ours = (turn + round) % 2 == 0;
      times[is_ours ? 0 : 1] = milliseconds(is_ours ? ours : rival);
    }
    if (round < 2) continue;  // warming up
    our_times.push_back(times[0]);
    rival_times.push_back(times[1]);
    ratios.push_back(times[1] / times[0]);
  }
  const double our_least = *std::min_element(our_times.begin(), our_times.end());
  const double rival_least = *std::min_element(rival_times.begin(), rival_times.end());
  fmt::print(
      "{:<34} ours {:7.3f} / {:7.3f} ms  turbo {:7.3f} / {:7.3f} ms  ratio {:.3f} (least) "
      "{:.3f} (median of rounds)\n",
      name, our_least, median(our_times), rival_least, median(rival_times), rival_least / our_least,
      median(ratios));
}

// A view with edges, gradients and grain, as photographs have.
Bytes view_rgb() {
  Bytes rgb(size_t{3} * kWidth * kHeight);
  uint32_t state = 1;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      state = state * 1664525U + 1013904223U;
      const int grain = static_cast<int>(state >> 29);
      const int disc = (x % 240 - 120) * (x % 240 - 120) + (y % 180 - 90) * (y % 180 - 90) < 5000;
      uint8_t* p = rgb.data() + 3 * (size_t{kWidth} * y + x);
      p[0] = static_cast<uint8_t>(x * 160 / kWidth + 60 * disc + grain);
      p[1] = static_cast<uint8_t>(y * 160 / kHeight + 40 * disc + grain);
      p[2] = static_cast<uint8_t>((x + y) / 16 % 128 + 90 * (1 - disc) + grain);
    }
  }
  return rgb;
}

Bytes view_jpeg(int subsampling) {
  const Bytes rgb = view_rgb();
  tjhandle handle = tjInitCompress();
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  if (tjCompress2(handle, rgb.data(), kWidth, 0, kHeight, TJPF_RGB, &bytes, &size, subsampling,
                  kQuality, 0) != 0) {
    fail(tjGetErrorStr2(handle));
  }
  Bytes jpeg(bytes, bytes + size);
  tjFree(bytes);
  tjDestroy(handle);
  return jpeg;
}

struct Owned {
  Picture picture;
  Bytes bytes;
};

Owned make_output(const Bytes& jpeg) {
  const auto info = read_jpeg_info(jpeg);
  if (!info.ok()) fail(std::string(info.status().message()));
  const PictureSize size = jpeg_decoded_size(*info, JpegOddSize::kAlignDownCompat);
  Owned out;
  // Luma alone for gray files, as the rival does.
  const PixelFormat format = info->sampling == JpegSampling::k400
                                 ? PixelFormat::kYuv400
                                 : jpeg_native_format(*info, false);
  out.picture = {format, size.width, size.height, (size.width + 63) / 64 * 64,
                 (size.height + 15) / 16 * 16};
  out.picture.size = static_cast<size_t>(strided_bytes(
      format_info(out.picture.format), out.picture.width_stride, out.picture.height_stride));
  out.bytes.resize(out.picture.size);
  out.picture.data = out.bytes.data();
  return out;
}

void decode(const Bytes& jpeg, const Owned& out) {
  const auto status = decode_jpeg(jpeg, {}, out.picture);
  if (!status.ok()) fail(std::string(status.message()));
}

// The planes that libjpeg-turbo's interface decodes to and encodes from.
struct TurboPlanes {
  explicit TurboPlanes(const Bytes& jpeg) : decompress(tjInitDecompress()) {
    int colour = 0;
    if (tjDecompressHeader3(decompress, jpeg.data(), jpeg.size(), &width, &height, &subsampling,
                            &colour) != 0) {
      fail(tjGetErrorStr2(decompress));
    }
    for (int i = 0; i < (subsampling == TJSAMP_GRAY ? 1 : 3); ++i) {
      strides[i] = (tjPlaneWidth(i, width, subsampling) + 63) / 64 * 64;
      planes[i].resize(static_cast<size_t>(strides[i]) *
                       ((tjPlaneHeight(i, height, subsampling) + 15) / 16 * 16));
      pointers[i] = planes[i].data();
    }
  }
  ~TurboPlanes() { tjDestroy(decompress); }
  TurboPlanes(const TurboPlanes&) = delete;
  TurboPlanes& operator=(const TurboPlanes&) = delete;

  void decode(const Bytes& jpeg) {
    if (tjDecompressToYUVPlanes(decompress, jpeg.data(), jpeg.size(), pointers, width, strides,
                                height, 0) != 0) {
      fail(tjGetErrorStr2(decompress));
    }
  }

  tjhandle decompress;
  int width = 0;
  int height = 0;
  int subsampling = 0;
  Bytes planes[3];
  unsigned char* pointers[3] = {};
  int strides[3] = {};
};

void compare_files(const std::string& name, const Bytes& jpeg, int rounds) {
  const auto info = read_jpeg_info(jpeg);
  if (!info.ok() || !check_jpeg_coding(*info).ok()) fail(name + " is no file for the decoder");
  const Owned out = make_output(jpeg);
  TurboPlanes turbo(jpeg);
  compare(
      fmt::format("decode {} {}", name, jpeg_sampling_name(info->sampling)), rounds,
      [&] { decode(jpeg, out); }, [&] { turbo.decode(jpeg); });
  if (!check_jpeg_source(out.picture).ok()) return;

  tjhandle compress = tjInitCompress();
  Bytes file(std::max<size_t>(max_jpeg_bytes(out.picture),
                              tjBufSize(turbo.width, turbo.height, turbo.subsampling)));
  const unsigned char* sources[3] = {turbo.pointers[0], turbo.pointers[1], turbo.pointers[2]};
  compare(
      fmt::format("encode {} {}", name, jpeg_sampling_name(info->sampling)), rounds,
      [&] {
        const auto size = encode_jpeg(out.picture, kQuality, file);
        if (!size.ok()) fail(std::string(size.status().message()));
      },
      [&] {
        unsigned char* bytes = file.data();
        unsigned long size = file.size();
        if (tjCompressFromYUVPlanes(compress, sources, turbo.width, turbo.strides, turbo.height,
                                    turbo.subsampling, &bytes, &size, kQuality,
                                    TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT) != 0) {
          fail(tjGetErrorStr2(compress));
        }
      });
  tjDestroy(compress);
}

// Independent decodes, each thread with a picture of its own.
void scale(const Bytes& jpeg, int most_threads) {
  double alone = 0;
  for (int threads = 1; threads <= most_threads; ++threads) {
    constexpr auto kSpan = std::chrono::milliseconds(700);
    double best = 0;
    double each = 1e9;
    for (int repeat = 0; repeat < 3; ++repeat) {
      std::atomic<int> done = 0;
      std::vector<std::thread> running;
      const auto begin = Clock::now();
      const double used = processor_milliseconds(CLOCK_PROCESS_CPUTIME_ID);
      for (int i = 0; i < threads; ++i) {
        running.emplace_back([&] {
          const Owned out = make_output(jpeg);
          while (Clock::now() - begin < kSpan) {
            decode(jpeg, out);
            ++done;
          }
        });
      }
      for (std::thread& thread : running) thread.join();
      best = std::max(best, done / std::chrono::duration<double>(Clock::now() - begin).count());
      each = std::min(each, (processor_milliseconds(CLOCK_PROCESS_CPUTIME_ID) - used) / done);
    }
    if (threads == 1) alone = best;
    fmt::print(
        "{} thread(s): {:.0f} decodes a second, {:.2f} of one; {:.2f} ms of processor each\n",
        threads, best, best / alone, each);
  }
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 30;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if ((word == "--rounds" || word == "--threads") && i + 1 < argc) {
      (word == "--rounds" ? rounds : threads) = std::max(1, std::atoi(argv[++i]));
    } else {
      files.push_back(word);
    }
  }
  fmt::print("fastest / median of {} rounds\n", rounds);
  for (const std::string& path : files) {
    std::ifstream file(path, std::ios::binary);
    const Bytes jpeg{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    compare_files(path.substr(path.rfind('/') + 1), jpeg, rounds);
  }
  if (files.empty()) {
    for (const int subsampling : {TJSAMP_420, TJSAMP_422, TJSAMP_444, TJSAMP_440, TJSAMP_GRAY}) {
      compare_files("1920x1080", view_jpeg(subsampling), rounds);
    }
  }
  scale(view_jpeg(TJSAMP_420), threads);
  return 0;
}
