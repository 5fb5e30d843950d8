#include "lanes.h"

#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "failure.h"

namespace msame {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

// What the threads of one measurement share.
struct Joint {
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::exception_ptr failure;

  void fail_with(std::exception_ptr error) {
    const std::lock_guard lock(mutex);
    if (!failure) failure = std::move(error);
    stop.store(true);
  }
};

void run_lane(Lane& lane, int64_t runs, Joint& joint, Progress& progress,
              std::vector<double>& times) {
  for (int64_t i = 0; i < runs && !joint.stop.load(std::memory_order_relaxed); ++i) {
    times.push_back(lane.execute());
    progress.count();
  }
}

// Everything of one lane on its own thread, errors kept.
void run_lane_thread(const Session& session, size_t device, Lane& lane, int64_t runs, Joint& joint,
                     Progress& progress, std::vector<double>& times) {
  try {
    session.enter(device);
    run_lane(lane, runs, joint, progress, times);
  } catch (...) {
    joint.fail_with(std::current_exception());
  }
}

}  // namespace

Lane::Lane(const Model& model, const Shape& shape, const std::vector<size_t>& output_sizes,
           bool on_stream)
    : model_(model) {
  make_inputs(model, shape, inputs_);
  make_outputs(model, output_sizes, outputs_);
  if (on_stream) check(aclrtCreateStream(&stream_), "aclrtCreateStream");
}

Lane::~Lane() {
  if (stream_ != nullptr) aclrtDestroyStream(stream_);
}

double Lane::execute() {
  outputs_.drop_results();
  const auto begin = Clock::now();
  if (stream_ == nullptr) {
    check(aclmdlExecute(model_.id(), inputs_.handle(), outputs_.handle()), "aclmdlExecute");
  } else {
    check(aclmdlExecuteAsync(model_.id(), inputs_.handle(), outputs_.handle(), stream_),
          "aclmdlExecuteAsync");
    check(aclrtSynchronizeStream(stream_), "aclrtSynchronizeStream");
  }
  return microseconds(Clock::now() - begin);
}

LaneTimes run_lanes(const Session& session, std::vector<std::unique_ptr<Lane>>& lanes,
                    const Options& options) {
  const auto device_of = [&](size_t lane) { return lane / static_cast<size_t>(options.streams); };
  LaneTimes result;
  for (size_t i = 0; i < lanes.size() && options.warmup > 0; ++i) {
    session.enter(device_of(i));
    for (int64_t run = 0; run < options.warmup; ++run) {
      const double time = lanes[i]->execute();
      if (i == 0 && run == 0) result.first_us = time;
    }
  }
  session.enter(0);

  Joint joint;
  std::vector<std::vector<double>> times(lanes.size());
  for (auto& list : times) list.reserve(static_cast<size_t>(options.loop));
  const auto begin = Clock::now();
  {
    Progress progress(options.loop * static_cast<int64_t>(lanes.size()));
    if (lanes.size() == 1) {
      run_lane(*lanes[0], options.loop, joint, progress, times[0]);
    } else {
      std::vector<std::thread> threads;
      for (size_t i = 0; i < lanes.size(); ++i) {
        threads.emplace_back(run_lane_thread, std::cref(session), device_of(i), std::ref(*lanes[i]),
                             options.loop, std::ref(joint), std::ref(progress), std::ref(times[i]));
      }
      for (std::thread& thread : threads) thread.join();
    }
  }
  result.wall_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (joint.failure) std::rethrow_exception(joint.failure);
  if (options.warmup == 0) result.first_us = times[0][0];
  for (const auto& list : times) {
    result.times_us.insert(result.times_us.end(), list.begin(), list.end());
  }
  return result;
}

}  // namespace msame
