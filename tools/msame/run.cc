#include "run.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>
#include <vector>

#include "console.h"
#include "dataset.h"
#include "failure.h"
#include "files.h"
#include "lanes.h"
#include "measure.h"
#include "model.h"
#include "session.h"

namespace msame {
namespace {

namespace fs = std::filesystem;

// Up to as many runs each has a line of its own, as in the public tool, which has no more.
constexpr size_t kMostTimesShown = 100;
constexpr double kPerMillisecond = 1000.0;

double mean(const std::vector<double>& times, size_t from) {
  return std::accumulate(times.begin() + static_cast<std::ptrdiff_t>(from), times.end(), 0.0) /
         static_cast<double>(times.size() - from);
}

void print_time(double time_us) {
  info("model execute success");
  print_line(fmt::format("Inference time: {:g}ms", time_us / kPerMillisecond));
}

class Job {
 public:
  explicit Job(const Options& options) : options_(options), session_(options) {}

  void run() {
    load();
    bool folders = false;
    std::vector<InputSet> sets;
    const std::string name = fs::path(options_.model).stem().string();
    if (!options_.inputs.empty()) {
      sets = find_inputs(options_.inputs, first().data_inputs().size(), name, &folders);
    }
    if (!options_.output.empty()) {
      folder_ = make_result_folder(options_.output);
      print_line(folder_);
    }
    if (folders) {
      run_folders(sets);
    } else {
      run_loop(sets.empty() ? InputSet{name, {}} : sets[0]);
    }
    if (options_.measures()) tell();
    lanes_.clear();
    for (auto& model : models_) model->unload();
    models_.clear();
    info("Execute sample success");
    session_.close();
    check_other_files();
  }

 private:
  const Model& first() const { return *models_[0]; }

  void load() {
    for (size_t device = 0; device < options_.devices.size(); ++device) {
      session_.enter(device);
      models_.push_back(std::make_unique<Model>(options_.model));
    }
    session_.enter(0);
    if (options_.debug) print_description(first());
    shape_ = choose_shape(first(), options_);
    if (!shape_.text.empty()) info("the model runs with {}", shape_.text);
    measurement_.load_us = first().load_us();
    const bool several = options_.streams > 1 || options_.devices.size() > 1;
    for (size_t device = 0; device < options_.devices.size(); ++device) {
      session_.enter(device);
      for (int stream = 0; stream < options_.streams; ++stream) {
        lanes_.push_back(
            std::make_unique<Lane>(*models_[device], shape_, options_.output_sizes, several));
      }
    }
    session_.enter(0);
    info("create model output success");
  }

  void write(const std::string& name) {
    if (folder_.empty()) return;
    for (size_t i = 0; i < first().outputs().size(); ++i) {
      const Output output = read_output(first(), shape_, lanes_[0]->outputs(), i);
      write_output(folder_, name, i, first().outputs()[i], output, options_.text);
    }
    info("output data success");
  }

  void run_loop(const InputSet& set) {
    if (!set.paths.empty()) {
      for (size_t i = 0; i < lanes_.size(); ++i) {
        session_.enter(i / static_cast<size_t>(options_.streams));
        load_inputs(set, lanes_[i]->model(), shape_, lanes_[i]->inputs());
      }
      session_.enter(0);
    }
    const LaneTimes result = run_lanes(session_, lanes_, options_);
    const std::vector<double>& times = result.times_us;
    if (times.size() <= kMostTimesShown) {
      for (const double time : times) print_time(time);
    }
    write(set.name);
    print_line(fmt::format("Inference average time: {:f} ms", mean(times, 0) / kPerMillisecond));
    if (times.size() > 1) {
      print_line(fmt::format("Inference average time without first time: {:f} ms",
                             mean(times, 1) / kPerMillisecond));
    }
    measurement_.first_us = result.first_us;
    measurement_.times_us = times;
    measurement_.runs = static_cast<int64_t>(times.size());
    measurement_.wall_seconds = result.wall_seconds;
  }

  // --loop has no meaning here, as in the public tool.
  void run_folders(const std::vector<InputSet>& sets) {
    if (lanes_.size() > 1) fail("with folders as input there is one device and one stream");
    Lane& lane = *lanes_[0];
    std::vector<double>& times = measurement_.times_us;
    for (const InputSet& set : sets) {
      load_inputs(set, first(), shape_, lane.inputs());
      for (int64_t i = 0; times.empty() && i < options_.warmup; ++i) {
        const double time = lane.execute();
        if (i == 0) measurement_.first_us = time;
      }
      times.push_back(lane.execute());
      measurement_.wall_seconds += times.back() / (kPerMillisecond * kPerMillisecond);
      print_time(times.back());
      write(set.name);
    }
    if (options_.warmup == 0) measurement_.first_us = times[0];
    measurement_.runs = static_cast<int64_t>(times.size());
    print_line(fmt::format("Inference average time : {:.2f} ms", mean(times, 0) / kPerMillisecond));
    if (times.size() > 1) {
      print_line(fmt::format("Inference average time without first time: {:.2f} ms",
                             mean(times, 1) / kPerMillisecond));
    }
  }

  void tell() {
    // The very first execution is told apart.
    std::vector<double>& times = measurement_.times_us;
    if (options_.warmup == 0 && times.size() > 1) times.erase(times.begin());
    measure_memory(options_, measurement_);
    print_line(measurement_table(options_, shape_, measurement_));
    if (!options_.json.empty()) {
      write_measurement(options_, first(), shape_, measurement_);
      info("wrote {}", options_.json);
    }
  }

  // The library writes these when it is closed.
  void check_other_files() const {
    if (!options_.dump && !options_.profiler) return;
    const fs::path folder = fs::path(options_.output) / (options_.dump ? "dump" : "profiler");
    std::error_code error;
    if (fs::is_empty(folder, error) && !error) {
      warn("the library wrote nothing into {}", folder.string());
    }
  }

  const Options& options_;
  Session session_;
  std::vector<std::unique_ptr<Model>> models_;
  Shape shape_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::string folder_;
  Measurement measurement_;
};

}  // namespace

void run(const Options& options) {
  Job(options).run();
}

}  // namespace msame
