#include "frontend/aipp/aipp_config.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "frontend/aipp/aipp_error.h"
#include "frontend/aipp/aipp_fields_text.h"

namespace poacl {
namespace {

using aipp_frontend::import_error;
using aipp_frontend::kConflict;

// Real files have less than 2 KiB.
constexpr off_t kMostBytes = 1 << 20;

// The parser knows the schema's names only, and ends its sentences.
std::string in_our_words(std::string message) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"Message type \"poacl.aipp_text.AippOp\"", "an aipp_op block"},
      {"Message type \"poacl.aipp_text.InsertOps\"", "a configuration"}};
  for (const auto& [theirs, ours] : kNames) {
    if (const size_t at = message.find(theirs); at != std::string::npos) {
      message.replace(at, theirs.size(), ours);
    }
  }
  if (message.ends_with('.')) message.pop_back();
  return message;
}

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!text_.empty()) return;
    text_ = fmt::format("line {}, column {}: {}", line + 1, column + 1, in_our_words(message));
  }
  void AddWarning(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

Status check_inputs(const AippConfig& config) {
  const auto named = std::count_if(config.ops.begin(), config.ops.end(),
                                   [](const AippOp& op) { return !op.input_name.empty(); });
  if (named != 0 && static_cast<size_t>(named) != config.ops.size()) {
    return import_error(kConflict,
                        "{}: {} of {} aipp_op blocks have related_input_name and the others do "
                        "not; give all of them related_input_rank",
                        config.source, named, config.ops.size());
  }
  for (size_t i = 0; i < config.ops.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const AippOp& a = config.ops[j];
      const AippOp& b = config.ops[i];
      if (named != 0 ? a.input_name != b.input_name : a.input_rank != b.input_rank) continue;
      return import_error(
          kConflict,
          "{}: the aipp_op blocks {} and {} are for the same input, {}; each block needs a "
          "related_input_{} of its own",
          config.source, j, i,
          named != 0 ? "\"" + a.input_name + "\"" : fmt::format("number {}", a.input_rank),
          named != 0 ? "name" : "rank");
    }
  }
  return {};
}

}  // namespace

Result<AippConfig> parse_aipp_config(std::string_view text, std::string source) {
  aipp_text::InsertOps message;
  google::protobuf::TextFormat::Parser parser;
  FirstError error;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(std::string(text), &message)) {
    return import_error(aipp_frontend::kNotText,
                        "the AIPP configuration {} cannot be parsed: {}; it consists of blocks "
                        "aipp_op {{ name: value ... }}",
                        source, error.text().empty() ? "it is no text" : error.text());
  }
  if (message.aipp_op_size() == 0) {
    return import_error(kConflict,
                        "the AIPP configuration {} has no aipp_op block; give one for each input "
                        "that gets pictures, or leave --insert_op_conf out",
                        source);
  }
  AippConfig config;
  config.source = std::move(source);
  for (int i = 0; i < message.aipp_op_size(); ++i) {
    auto op = read_aipp_op(message.mutable_aipp_op(i));
    if (!op.ok()) {
      return op.status().with_context(message.aipp_op_size() == 1
                                          ? config.source
                                          : fmt::format("{}, aipp_op block {}", config.source, i));
    }
    config.ops.push_back(*std::move(op));
  }
  POACL_RETURN_IF_ERROR(check_inputs(config));
  return config;
}

Result<AippConfig> read_aipp_config(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    return import_error(aipp_frontend::kUnreadable,
                        "the file {}, named by --insert_op_conf, cannot be found: {}", path,
                        std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode) || info.st_size > kMostBytes) {
    return import_error(aipp_frontend::kUnreadable,
                        "{}, named by --insert_op_conf, is no text file of up to {} bytes", path,
                        kMostBytes);
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return import_error(aipp_frontend::kUnreadable,
                        "the file {}, named by --insert_op_conf, cannot be read: {}", path,
                        std::strerror(errno));
  }
  return parse_aipp_config(text.str(), path);
}

}  // namespace poacl
