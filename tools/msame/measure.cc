#include "measure.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include <nlohmann/json.hpp>

#include "failure.h"

namespace msame {
namespace {

using Json = nlohmann::ordered_json;

double percentile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<size_t>(rank, 1, sorted.size()) - 1];
}

double mebibytes(size_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}

double rate(const Measurement& measurement) {
  return measurement.wall_seconds > 0
             ? static_cast<double>(measurement.runs) / measurement.wall_seconds
             : 0;
}

Json port_json(const Port& port, const Dims& dims, size_t bytes) {
  return {{"name", port.name}, {"type", type_text(port.type)}, {"dims", dims}, {"bytes", bytes}};
}

}  // namespace

Summary summarize(std::vector<double> times_us) {
  Summary summary;
  summary.runs = times_us.size();
  if (times_us.empty()) return summary;
  std::sort(times_us.begin(), times_us.end());
  summary.min = times_us.front();
  summary.max = times_us.back();
  summary.mean =
      std::accumulate(times_us.begin(), times_us.end(), 0.0) / static_cast<double>(times_us.size());
  summary.p50 = percentile(times_us, 0.5);
  summary.p90 = percentile(times_us, 0.9);
  summary.p99 = percentile(times_us, 0.99);
  summary.p999 = percentile(times_us, 0.999);
  return summary;
}

void measure_memory(const Options& options, Measurement& measurement) {
  rusage usage{};
  // Linux counts in KiB.
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    measurement.host_peak_bytes = static_cast<size_t>(usage.ru_maxrss) * 1024;
  }
  for (const aclrtMemAttr memory : {ACL_HBM_MEM, ACL_DDR_MEM}) {
    size_t free = 0;
    size_t total = 0;
    if (aclrtGetMemInfo(memory, &free, &total) == ACL_SUCCESS && total > 0) {
      measurement.device_bytes = total - std::min(free, total);
      break;
    }
  }
  size_t work = 0;
  size_t weight = 0;
  // Models with open dimensions have no such sizes.
  if (aclmdlQuerySize(options.model.c_str(), &work, &weight) == ACL_SUCCESS) {
    measurement.work_bytes = work;
    measurement.weight_bytes = weight;
  }
}

std::string measurement_table(const Options& options, const Shape& shape,
                              const Measurement& measurement) {
  const Summary times = summarize(measurement.times_us);
  return fmt::format(
      "Benchmark of {}{}{}: device {}, {} {} each, {} runs after {} for warming up\n"
      "  load        {:12.1f} us\n"
      "  first run   {:12.1f} us\n"
      "  min         {:12.1f} us\n"
      "  p50         {:12.1f} us\n"
      "  p90         {:12.1f} us\n"
      "  p99         {:12.1f} us\n"
      "  p99.9       {:12.1f} us\n"
      "  max         {:12.1f} us\n"
      "  mean        {:12.1f} us\n"
      "  throughput  {:12.1f} runs/s ({} runs in {:.3f} s)\n"
      "  memory      host peak {:.1f} MiB, device {:.1f} MiB, model: work {:.1f} MiB, weights "
      "{:.1f} MiB",
      options.model, shape.text.empty() ? "" : ", ", shape.text, fmt::join(options.devices, ","),
      options.streams, options.streams == 1 ? "stream" : "streams", times.runs, options.warmup,
      measurement.load_us, measurement.first_us, times.min, times.p50, times.p90, times.p99,
      times.p999, times.max, times.mean, rate(measurement), measurement.runs,
      measurement.wall_seconds, mebibytes(measurement.host_peak_bytes),
      mebibytes(measurement.device_bytes), mebibytes(measurement.work_bytes),
      mebibytes(measurement.weight_bytes));
}

void write_measurement(const Options& options, const Model& model, const Shape& shape,
                       const Measurement& measurement) {
  const Summary times = summarize(measurement.times_us);
  const char* soc = aclrtGetSocName();
  Json json;
  json["model"] = options.model;
  json["soc"] = soc == nullptr ? "" : soc;
  json["devices"] = options.devices;
  json["streams"] = options.streams;
  json["loop"] = options.loop;
  json["warmup"] = options.warmup;
  json["shape"] = shape.text;
  for (const size_t i : model.data_inputs()) {
    json["inputs"].push_back(
        port_json(model.inputs()[i], shape.input_dims[i], shape.input_bytes[i]));
  }
  for (const Port& port : model.outputs()) {
    json["outputs"].push_back(port_json(port, port.dims, port.bytes));
  }
  json["load_us"] = measurement.load_us;
  json["first_run_us"] = measurement.first_us;
  json["latency_us"] = {{"runs", times.runs}, {"min", times.min},  {"p50", times.p50},
                        {"p90", times.p90},   {"p99", times.p99},  {"p99.9", times.p999},
                        {"max", times.max},   {"mean", times.mean}};
  json["throughput"] = {{"runs_per_second", rate(measurement)},
                        {"runs", measurement.runs},
                        {"seconds", measurement.wall_seconds}};
  json["memory_bytes"] = {{"host_peak", measurement.host_peak_bytes},
                          {"device", measurement.device_bytes},
                          {"model_work", measurement.work_bytes},
                          {"model_weights", measurement.weight_bytes}};
  std::ofstream file(options.json);
  file << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  file.close();
  if (!file) fail("the JSON {} cannot be written", options.json);
}

}  // namespace msame
