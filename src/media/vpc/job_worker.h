// One worker's part of a job: makes units (pairs of rows) of the paste area.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "media/vpc/job_plan.h"

namespace poacl::media {

class JobWorker {
 public:
  // What all jobs of a call share.
  struct Shared {
    const RowKernels& kernels;
    const FixedCsc& csc;
    uint8_t alpha;
  };

  // With a RowMemory that only adds up, the object is good for nothing else.
  JobWorker(const JobPlan& plan, const Shared& shared, RowMemory& memory) noexcept;

  void run(int32_t first_unit, int32_t end_unit) noexcept;

 private:
  using Lines = std::array<const uint8_t*, 4>;  // by component_index

  void copy_lane(size_t destination, int32_t row) noexcept;
  void load(size_t lane, int32_t row, size_t slot) noexcept;
  void load_rows(int32_t first_row, int32_t rows) noexcept;
  void yuv_to_yuv(int32_t first_row, int32_t rows) noexcept;
  void yuv_to_rgb(int32_t row, size_t slot) noexcept;
  void rgb_to_yuv(int32_t first_row, int32_t rows) noexcept;
  Lines chroma_of_rgb(const Lines& top, const Lines& bottom, int32_t chroma_row) noexcept;
  Lines resample_chroma(const Lines& top, const Lines& bottom, int32_t chroma_row) noexcept;
  void resample(const uint8_t* top, const uint8_t* bottom, uint8_t* out) noexcept;
  uint8_t* out_line(size_t component, int32_t row) noexcept;
  void store(const Lane& lane, int32_t row, const Lines& lines) noexcept;
  // Stores the converted lanes of that vertical density.
  void store_all(int32_t row, int shift_y, const Lines& lines) noexcept;

  const JobPlan& plan_;
  const Shared& shared_;
  int chroma_shift_x_;  // of the source
  int chroma_shift_y_;
  int32_t chroma_width_;  // of the scaled source
  std::array<LaneScaler, 3> scalers_;
  std::array<Lines, 2> lines_ = {};  // of the source's two rows
  std::array<std::array<uint8_t*, 4>, 2> line_memory_ = {};
  std::array<uint8_t*, 4> out_memory_ = {};
  std::array<int16_t*, 3> sums_ = {};
  uint8_t* pixels_ = nullptr;    // a row of interleaved samples, or one line more
  uint8_t* constant_ = nullptr;  // a line of the one value that the source lacks
};

}  // namespace poacl::media
