// Executions: one after the other, or on several streams and devices at once.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "console.h"
#include "dataset.h"
#include "model.h"
#include "options.h"
#include "session.h"
#include "shapes.h"

namespace msame {

// One sequence of executions with buffers of its own. One thread at a time, with the context of the
// model's device current.
class Lane {
 public:
  // With a stream, executions are put onto it and waited for; otherwise they run on the caller.
  Lane(const Model& model, const Shape& shape, const std::vector<size_t>& output_sizes,
       bool on_stream);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // One execution; its time in microseconds. Throws Failure.
  double execute();

  const Model& model() const { return model_; }
  Dataset& inputs() { return inputs_; }
  const Dataset& outputs() const { return outputs_; }

 private:
  const Model& model_;
  Dataset inputs_;
  Dataset outputs_;
  aclrtStream stream_ = nullptr;
};

struct LaneTimes {
  double first_us = 0;           // of the first lane's first execution
  std::vector<double> times_us;  // of all runs that count; the first lane's first, in order
  double wall_seconds = 0;
};

// Executes every lane `warmup` times and then all at once `loop` times each, lane i in the context
// of device i / streams. The first failure ends all of them and is thrown.
LaneTimes run_lanes(const Session& session, std::vector<std::unique_ptr<Lane>>& lanes,
                    const Options& options);

}  // namespace msame
