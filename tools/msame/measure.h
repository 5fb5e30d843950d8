// Times of executions, as numbers, a table and JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model.h"
#include "options.h"
#include "shapes.h"

namespace msame {

// In microseconds. A percentile p is the smallest time that at least p percent of the runs did not
// exceed.
struct Summary {
  size_t runs = 0;
  double min = 0, mean = 0, p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;
};
Summary summarize(std::vector<double> times_us);

struct Measurement {
  double load_us = 0;
  double first_us = 0;           // of the very first execution
  std::vector<double> times_us;  // of the runs that count
  int64_t runs = 0;              // in wall_seconds, all streams and devices together
  double wall_seconds = 0;
  size_t host_peak_bytes = 0;  // of this process
  size_t device_bytes = 0;     // in use on the first device when the runs were over
  size_t work_bytes = 0;       // of the model, as aclmdlQuerySize tells
  size_t weight_bytes = 0;
};

// Fills the memory figures. The first device's context is current.
void measure_memory(const Options& options, Measurement& measurement);

std::string measurement_table(const Options& options, const Shape& shape,
                              const Measurement& measurement);
// Throws Failure when the file cannot be written.
void write_measurement(const Options& options, const Model& model, const Shape& shape,
                       const Measurement& measurement);

}  // namespace msame
