#include "media/vpc/transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <vector>

#include "acl/acl_base.h"
#include "media/vpc/choose_kernels.h"
#include "media/vpc/job_worker.h"

namespace poacl::media {
namespace {

// Less work than this (samples) is not worth a worker's waking.
constexpr int64_t kSmallestChunk = 32 * 1024;
constexpr int64_t kChunksPerWorker = 4;

struct Chunk {
  size_t job;
  int32_t first_unit;
  int32_t end_unit;
};

std::vector<Chunk> cut_into_chunks(const std::vector<JobPlan>& plans, int workers) {
  int64_t total = 0;
  for (const JobPlan& plan : plans) total += plan.unit_cost() * plan.units();
  const int64_t size =
      workers == 1 ? total : std::max(kSmallestChunk, total / (workers * kChunksPerWorker));
  std::vector<Chunk> chunks;
  for (size_t job = 0; job < plans.size(); ++job) {
    const int32_t units = plans[job].units();
    const int64_t wanted = plans[job].unit_cost() * units / size;
    const auto pieces = static_cast<int32_t>(std::clamp<int64_t>(wanted, 1, units));
    for (int32_t i = 0; i < pieces; ++i) {
      const auto border = [&](int32_t k) {
        return static_cast<int32_t>(int64_t{units} * k / pieces);
      };
      chunks.push_back({job, border(i), border(i + 1)});
    }
  }
  return chunks;
}

// One chunk after the other on the caller, when there is too little for two.
void for_chunks(const std::vector<Chunk>& chunks, bool alone, ParallelFor& parallel, auto&& body) {
  if (!alone) return parallel(static_cast<int64_t>(chunks.size()), body);
  SerialFor serial;
  serial(static_cast<int64_t>(chunks.size()), body);
}

void run(std::span<const TransformJob> jobs, const TransformOptions& options,
         ParallelFor& parallel) {
  ColumnTapsCache cache;
  std::vector<JobPlan> plans;
  plans.reserve(jobs.size());
  for (const TransformJob& job : jobs) plans.emplace_back(job, options.method, cache);
  const FixedCsc csc(options.csc == nullptr ? media::csc(CscMatrix::kBt601Wide) : *options.csc);
  const JobWorker::Shared shared = {row_kernels(options.isa), csc, options.alpha};

  size_t block = 0;
  int64_t work = 0;
  for (const JobPlan& plan : plans) {
    RowMemory sum;
    const JobWorker measured(plan, shared, sum);
    block = std::max(block, sum.used());
    work += plan.unit_cost() * plan.units();
  }
  const bool alone = work < 2 * kSmallestChunk;
  const int workers = alone ? 1 : parallel.width();
  const std::vector<Chunk> chunks = cut_into_chunks(plans, workers);
  const WorkerMemory memory(block, workers);
  for_chunks(chunks, alone, parallel, [&](int64_t i, int worker) {
    const Chunk& chunk = chunks[static_cast<size_t>(i)];
    RowMemory rows = memory.of(worker);
    JobWorker(plans[chunk.job], shared, rows).run(chunk.first_unit, chunk.end_unit);
  });
}

}  // namespace

Rect whole(const Picture& picture) noexcept {
  return {0, 0, picture.width, picture.height};
}

Status transform(const Picture& source, const Picture& destination, const Region& region,
                 const TransformOptions& options, ParallelFor& parallel) {
  const TransformJob job = {source, destination, region};
  return transform({&job, 1}, options, parallel);
}

Status transform(std::span<const TransformJob> jobs, const TransformOptions& options,
                 ParallelFor& parallel) {
  if (jobs.empty()) return {};
  try {
    run(jobs, options, parallel);
  } catch (const std::bad_alloc&) {
    return {ACL_ERROR_BAD_ALLOC,
            fmt::format("no memory for a few rows of pictures; the first of {} regions makes {} x "
                        "{} pixels on {} workers",
                        jobs.size(), jobs[0].region.paste.width, jobs[0].region.paste.height,
                        parallel.width())};
  }
  return {};
}

}  // namespace poacl::media
