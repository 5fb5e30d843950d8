// The picture engine behind the line protocol of bench/harness/worker.py. One core
// (POACL_THREADS=1) or the runtime's pool.
//   input FORMAT WIDTH HEIGHT FILE              raw bytes, rows without padding
//   job LEFT TOP WIDTH HEIGHT FORMAT WIDTH HEIGHT METHOD COUNT MODE
//       the area becomes COUNT pictures, each area 16 pixels right of the one before;
//       MODE: single (one call each) or batch
//   run N                                       nanoseconds of each
//   output FILE                                 the first picture
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "media/vpc/transform.h"
#include "runtime/pool.h"

namespace {

using namespace poacl;
using namespace poacl::media;
using Clock = std::chrono::steady_clock;

constexpr int kStepBetweenAreas = 16;

struct Owned {
  Picture picture;
  std::vector<uint8_t> bytes;

  Owned(const std::string& format, int width, int height) {
    for (const FormatInfo& info : pixel_formats()) {
      if (info.name != format) continue;
      picture.format = info.format;
      picture.width = width;
      picture.height = height;
      picture.width_stride = width * info.bytes_per_pixel;
      picture.height_stride = height;
      picture.size = static_cast<size_t>(strided_bytes(info, picture.width_stride, height));
      bytes.resize(picture.size);
      picture.data = bytes.data();
      return;
    }
    throw std::runtime_error("no format " + format);
  }
};

class Session {
 public:
  std::string input(std::istringstream& words) {
    std::string format, path;
    int width = 0, height = 0;
    words >> format >> width >> height >> path;
    source_.assign(1, Owned(format, width, height));
    source_[0].picture.data = source_[0].bytes.data();
    std::ifstream file(path, std::ios::binary);
    const auto size = static_cast<std::streamsize>(source_[0].picture.size);
    if (!file.read(reinterpret_cast<char*>(source_[0].picture.data), size)) {
      throw std::runtime_error(path + " has less than " + std::to_string(size) + " bytes");
    }
    return "";
  }

  std::string job(std::istringstream& words) {
    Rect area;
    std::string format, mode;
    int width = 0, height = 0, method = 0, count = 0;
    words >> area.left >> area.top >> area.width >> area.height >> format >> width >> height >>
        method >> count >> mode;
    options_.method = static_cast<Interpolation>(method);
    batch_ = mode == "batch";
    targets_.assign(static_cast<size_t>(count), Owned(format, width, height));
    jobs_.clear();
    for (Owned& target : targets_) {
      target.picture.data = target.bytes.data();
      jobs_.push_back({source_.at(0).picture, target.picture, {area, whole(target.picture)}});
      area.left += kStepBetweenAreas;
    }
    return "";
  }

  std::string run(std::istringstream& words) {
    int count = 0;
    words >> count;
    std::string reply;
    for (int i = 0; i < count; ++i) {
      const auto start = Clock::now();
      {
        runtime::Pool::CallerSlot slot(runtime::Pool::instance());
        if (batch_) {
          check(transform(jobs_, options_, slot.parallel()));
        } else {
          for (const TransformJob& job : jobs_) {
            check(transform({&job, 1}, options_, slot.parallel()));
          }
        }
      }
      reply +=
          std::to_string(
              std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count()) +
          ' ';
    }
    return reply;
  }

  std::string output(std::istringstream& words) {
    std::string path;
    words >> path;
    std::ofstream file(path, std::ios::binary);
    const auto& bytes = targets_.at(0).bytes;
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    if (!file) throw std::runtime_error(path + " could not be written");
    return "";
  }

 private:
  static void check(const Status& status) {
    if (!status.ok()) throw std::runtime_error(std::string(status.message()));
  }

  std::vector<Owned> source_;
  std::vector<Owned> targets_;
  std::vector<TransformJob> jobs_;
  TransformOptions options_;
  bool batch_ = false;
};

}  // namespace

int main() {
  runtime::Pool::instance().start();
  Session session;
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "quit") break;
    try {
      std::string reply;
      if (name == "input") {
        reply = session.input(words);
      } else if (name == "job") {
        reply = session.job(words);
      } else if (name == "run") {
        reply = session.run(words);
      } else if (name == "output") {
        reply = session.output(words);
      } else {
        throw std::runtime_error("no command '" + name + "'");
      }
      std::cout << "ok " << reply << std::endl;
    } catch (const std::exception& error) {
      std::cout << "error " << error.what() << std::endl;
    }
  }
  std::cout.flush();
  std::_Exit(0);  // without waiting for workers
}
