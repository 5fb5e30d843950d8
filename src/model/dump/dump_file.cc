#include "model/dump/dump_file.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "acl/acl_base.h"
#include "dump/dump_data.pb.h"
#include "om/om_dtype.h"
#include "om/om_format.h"

namespace poacl::model {
namespace {

constexpr char kVersion[] = "2.0";
constexpr size_t kLongestName = 255;
constexpr size_t kChunk = size_t{16} << 20;

std::atomic<DumpReceiver> dump_receiver{nullptr};

std::string clean(std::string text) {
  for (char& c : text) {
    if (c == '.' || c == '/' || c == '\\' || c == ' ') c = '_';
  }
  return text;
}

void set_shape(const Dims& dims, dump::Shape* shape) {
  for (const int64_t dim : dims) shape->add_dim(static_cast<uint64_t>(dim));
}

// What inputs and outputs have in common.
template <typename Message>
void set_tensor(const DumpTensor& tensor, const std::string& label, Message* message) {
  message->set_data_type(om::message_dtype(tensor.dtype));
  message->set_format(om::input_format_number(tensor.dims, label));
  set_shape(tensor.dims, message->mutable_shape());
  set_shape(tensor.dims, message->mutable_original_shape());
  message->set_size(tensor.bytes.size());
  message->set_address(tensor.address);
}

std::string all_origins(const std::vector<std::string>& origins) {
  std::string text;
  for (const std::string& origin : origins) text += fmt::format("[{}]{}", origin.size(), origin);
  return text;
}

const char* heading(DumpStat stat) {
  switch (stat) {
    case DumpStat::kMax:
      return "Max Value";
    case DumpStat::kMin:
      return "Min Value";
    case DumpStat::kAvg:
      return "Avg Value";
    case DumpStat::kNan:
      return "Nan Count";
    case DumpStat::kNegativeInf:
      return "Negative Inf Count";
    case DumpStat::kPositiveInf:
      return "Positive Inf Count";
    case DumpStat::kL2Norm:
      return "L2norm";
  }
  return "";
}

std::string value_text(const DumpNumbers& numbers, DumpStat stat) {
  switch (stat) {
    case DumpStat::kMax:
      return fmt::format("{}", numbers.max);
    case DumpStat::kMin:
      return fmt::format("{}", numbers.min);
    case DumpStat::kAvg:
      return fmt::format("{}", numbers.avg);
    case DumpStat::kNan:
      return fmt::format("{}", numbers.nan);
    case DumpStat::kNegativeInf:
      return fmt::format("{}", numbers.negative_inf);
    case DumpStat::kPositiveInf:
      return fmt::format("{}", numbers.positive_inf);
    case DumpStat::kL2Norm:
      return fmt::format("{}", numbers.l2norm);
  }
  return {};
}

// The number of elements stands between the average and what is counted among them.
bool before_count(DumpStat stat) {
  return stat == DumpStat::kMax || stat == DumpStat::kMin || stat == DumpStat::kAvg;
}

const char* format_name(int32_t format) {
  return format == ACL_FORMAT_NCHW ? "NCHW" : format == ACL_FORMAT_NHWC ? "NHWC" : "ND";
}

void add_line(const char* side, size_t index, const DumpTensor& tensor, const std::string& label,
              const std::vector<DumpStat>& stats, std::string* text) {
  const DumpNumbers numbers = numbers_of(tensor);
  *text += fmt::format(
      "{},{},{},{},{},{}", side, index, tensor.bytes.size(), data_type_name(tensor.dtype),
      format_name(om::input_format_number(tensor.dims, label)), fmt::join(tensor.dims, "x"));
  for (const DumpStat stat : stats) {
    if (before_count(stat)) *text += ',' + value_text(numbers, stat);
  }
  *text += fmt::format(",{}", numbers.count);
  for (const DumpStat stat : stats) {
    if (!before_count(stat)) *text += ',' + value_text(numbers, stat);
  }
  *text += '\n';
}

// The same number for the same name on every machine.
uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return hash;
}

Status cannot_write(const std::string& path) {
  return Status(ACL_ERROR_WRITE_FILE,
                fmt::format("the dump file {} cannot be written: {}; make room or choose another "
                            "dump_path",
                            path, std::strerror(errno)));
}

Status write_to_disk(const std::string& folder, const std::string& path, std::string_view content,
                     bool append) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  errno = 0;
  std::ofstream file(path, std::ios::binary | (append ? std::ios::app : std::ios::trunc));
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  return file ? Status() : cannot_write(path);
}

Status hand_over(DumpReceiver receiver, const std::string& path, std::string_view content) {
  uint64_t offset = 0;
  do {
    const std::string_view piece = content.substr(offset, kChunk);
    const bool last = offset + piece.size() == content.size();
    if (const int32_t code = receiver(path, offset, piece, last); code != 0) {
      return Status(ACL_ERROR_FAILURE,
                    fmt::format("the function of acldumpRegCallback returned {} for {} bytes at {} "
                                "of {}",
                                code, piece.size(), offset, path));
    }
    offset += piece.size();
  } while (offset < content.size());
  return {};
}

}  // namespace

std::string dump_file_name(const DumpRecord& record) {
  return fmt::format("{}.{}.{}.{}.{:016}", clean(record.type), clean(record.name), record.task,
                     record.stream, record.time_us);
}

std::string dump_file_content(const DumpRecord& record) {
  dump::DumpData head;
  head.set_version(kVersion);
  head.set_dump_time(record.time_us);
  head.set_op_name(record.name);
  size_t bytes = 0;
  for (const DumpTensor& tensor : record.inputs) {
    set_tensor(tensor, record.input_format, head.add_input());
    bytes += tensor.bytes.size();
  }
  for (size_t i = 0; i < record.outputs.size(); ++i) {
    dump::OpOutput* output = head.add_output();
    set_tensor(record.outputs[i], record.input_format, output);
    bytes += record.outputs[i].bytes.size();
    dump::OriginalOp* original = output->mutable_original_op();
    original->set_name(record.origins.empty() ? record.name : record.origins.back());
    original->set_output_index(static_cast<uint32_t>(record.output_numbers[i]));
    original->set_data_type(output->data_type());
    original->set_format(output->format());
  }
  if (!record.origins.empty()) {
    dump::OpAttr* attr = head.add_attr();
    attr->set_name("_datadump_original_op_names");
    attr->set_value(all_origins(record.origins));
  }
  const uint64_t length = head.ByteSizeLong();
  std::string content(sizeof(length), '\0');
  std::memcpy(content.data(), &length, sizeof(length));
  content.reserve(sizeof(length) + length + bytes);
  head.AppendToString(&content);
  for (const auto* tensors : {&record.inputs, &record.outputs}) {
    for (const DumpTensor& tensor : *tensors) content += tensor.bytes;
  }
  return content;
}

std::string dump_statistics(const DumpRecord& record, const std::vector<DumpStat>& stats) {
  std::string text = "Input/Output,Index,Data Size,Data Type,Format,Shape";
  for (const DumpStat stat : stats) {
    if (before_count(stat)) text += fmt::format(",{}", heading(stat));
  }
  text += ",Count";
  for (const DumpStat stat : stats) {
    if (!before_count(stat)) text += fmt::format(",{}", heading(stat));
  }
  text += '\n';
  for (size_t i = 0; i < record.inputs.size(); ++i) {
    add_line("Input", record.input_numbers[i], record.inputs[i], record.input_format, stats, &text);
  }
  for (size_t i = 0; i < record.outputs.size(); ++i) {
    add_line("Output", record.output_numbers[i], record.outputs[i], record.input_format, stats,
             &text);
  }
  return text;
}

DumpRecord overflow_summary(const DumpRecord& record, uint32_t model_id, uint64_t status) {
  constexpr uint32_t kMagic = 0x5a5a5a5a;
  constexpr uint32_t kHeadVersion = 0;
  constexpr uint32_t kValid = 1;
  constexpr uint32_t kVectorCore = 1;
  constexpr size_t kBytes = 2048;
  // model, stream, task, task type, context, thread, pc_start, para_base, core, block, status.
  const uint64_t fields[] = {model_id, record.stream, record.task, 0, 0, 0, 0, 0, 0, 0, status};
  const uint32_t head[] = {
      kMagic, kHeadVersion, kValid, kVectorCore, 0, static_cast<uint32_t>(sizeof(fields))};
  DumpTensor tensor{DataType::kUint8, {kBytes}, 0, std::string(kBytes, '\0')};
  std::memcpy(tensor.bytes.data(), head, sizeof(head));
  std::memcpy(tensor.bytes.data() + sizeof(head), fields, sizeof(fields));
  DumpRecord summary;
  summary.type = "Opdebug";
  summary.name = "Node_OpDebug";
  summary.task = record.task;
  summary.stream = record.stream;
  summary.time_us = record.time_us;
  summary.outputs.push_back(std::move(tensor));
  summary.output_numbers.push_back(0);
  return summary;
}

void set_dump_receiver(DumpReceiver receiver) noexcept {
  dump_receiver.store(receiver);
}

Status write_dump_file(const std::string& folder, const std::string& name,
                       std::string_view content) {
  static std::mutex mapping_mutex;
  const DumpReceiver receiver = dump_receiver.load();
  std::string short_name = name;
  if (name.size() > kLongestName) {
    short_name = std::to_string(hash_of(name));
    if (receiver == nullptr) {
      const std::lock_guard lock(mapping_mutex);
      POACL_RETURN_IF_ERROR(write_to_disk(folder, folder + "/mapping.csv",
                                          fmt::format("{},{}\n", short_name, name), true));
    }
  }
  const std::string path = folder + '/' + short_name;
  if (receiver != nullptr) return hand_over(receiver, path, content);
  return write_to_disk(folder, path, content, false);
}

}  // namespace poacl::model
