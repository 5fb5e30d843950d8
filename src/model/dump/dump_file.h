// Dump files: what is in them and where they go (spec: dump-prof-log sections 3 and 4).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/dump/dump_settings.h"
#include "model/dump/dump_tensor.h"

namespace poacl::model {

// An operator and the tensors of it that are dumped.
struct DumpRecord {
  std::string type;
  std::string name;
  std::vector<std::string> origins;
  uint32_t task = 0;
  uint32_t stream = 0;
  uint64_t time_us = 0;
  std::string input_format;  // the model's label of 4-D tensors
  std::vector<DumpTensor> inputs;
  std::vector<DumpTensor> outputs;
  std::vector<size_t> input_numbers;  // positions at the operator, by entry
  std::vector<size_t> output_numbers;
};

// "{type}.{name}.{task}.{stream}.{time}" with what file names may not have replaced.
std::string dump_file_name(const DumpRecord& record);

// The head and the tensors.
std::string dump_file_content(const DumpRecord& record);

// A line of numbers for each tensor.
std::string dump_statistics(const DumpRecord& record, const std::vector<DumpStat>& stats);

// What the second file of an overflow says about the operator.
DumpRecord overflow_summary(const DumpRecord& record, uint32_t model_id, uint64_t status);

// Gets the pieces of all files instead of the disk, in order: path, offset, bytes, whether they are
// the last of the file. Any thread; not 0: it failed.
using DumpReceiver = int32_t (*)(const std::string& path, uint64_t offset, std::string_view bytes,
                                 bool last);
void set_dump_receiver(DumpReceiver receiver) noexcept;

// Writes a file of `folder`, which is made when it is not there, or hands it to the receiver. A
// name that is too long becomes a number, which mapping.csv in the same folder explains.
Status write_dump_file(const std::string& folder, const std::string& name,
                       std::string_view content);

}  // namespace poacl::model
