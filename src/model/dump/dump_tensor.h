// A tensor on its way into a dump: in plain order, apart from the memory it was in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "exec/observer.h"
#include "model/dump/dump_settings.h"

namespace poacl::model {

struct DumpTensor {
  DataType dtype = DataType::kUndefined;
  Dims dims;
  uint64_t address = 0;
  std::string bytes;
};

// A copy in plain order; of a tensor without memory or with elements of no fixed size the shape
// alone.
DumpTensor snapshot(const TensorView& tensor);

struct DumpNumbers {
  uint64_t count = 0;
  uint64_t nan = 0;
  uint64_t negative_inf = 0;
  uint64_t positive_inf = 0;
  // Of the finite elements; all 0 when there is none.
  double max = 0;
  double min = 0;
  double avg = 0;
  double l2norm = 0;
};

DumpNumbers numbers_of(const DumpTensor& tensor);

}  // namespace poacl::model
