// An .om file as the pieces it is written from.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/status.h"
#include "om/atomic_file.h"
#include "om/external_weights.h"
#include "om/om_model.h"

namespace poacl::om {

class OmImage {
 public:
  // The pieces point into `model`'s constants, which must outlive the image.
  // `external`, unless null, takes the constants of the graph.
  static Result<OmImage> encode(const OmModel& model, ExternalOut* external = nullptr);
  static Result<OmImage> encode(const OmModel&& gone_too_soon) = delete;

  const std::vector<ByteRange>& pieces() const { return pieces_; }
  uint64_t size() const { return size_; }
  // All pieces in one string, for tests.
  std::string to_string() const;

 private:
  void add(std::string bytes);
  void add(const ConstBuffer& bytes) { add_range(bytes.data(), bytes.size()); }
  void add_range(const void* data, size_t size);
  void pad(uint64_t size);

  std::deque<std::string> texts_;  // a deque: its strings never move
  std::vector<ByteRange> pieces_;
  uint64_t size_ = 0;
};

}  // namespace poacl::om
