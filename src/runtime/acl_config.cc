#include "runtime/acl_config.h"

#include <charconv>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acl/acl_base.h"
#include "base/log.h"
#include "base/mapped_file.h"
#include "runtime/state.h"

namespace poacl::runtime {
namespace {

using Json = nlohmann::json;

constexpr int kMaxNesting = 10;

// A brace inside a string does not nest.
Status check_nesting(const std::string& path, std::string_view text) {
  int braces = 0;
  int brackets = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
      continue;
    }
    if (c == '"') in_string = true;
    if (c == '{') ++braces;
    if (c == '}') --braces;
    if (c == '[') ++brackets;
    if (c == ']') --brackets;
    if (braces > kMaxNesting || brackets > kMaxNesting) {
      return Status(ACL_ERROR_PARSE_FILE,
                    fmt::format("configuration file '{}' nests {} deeper than {} at byte {}", path,
                                braces > kMaxNesting ? "objects" : "arrays", kMaxNesting, i));
    }
  }
  return {};
}

// Scalars are strings in this file; plain numbers are taken too.
std::string scalar_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool whole_number(const Json& value, uint64_t& out) {
  const std::string text = scalar_text(value);
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && stop == text.data() + text.size() && !text.empty();
}

Status bad_value(const std::string& path, std::string_view key, const Json& value,
                 std::string_view wanted, int32_t code = ACL_ERROR_INVALID_PARAM) {
  return Status(code, fmt::format("configuration file '{}': {} is {}, but must be {}", path, key,
                                  value.dump(), wanted));
}

Status read_default_device(const std::string& path, const Json& value, AclConfig& config) {
  if (!value.is_object() || !value.contains("default_device")) {
    return bad_value(path, "defaultDevice", value, "{\"default_device\": \"0\"}");
  }
  const Json& inner = value["default_device"];
  uint64_t id = 0;
  if (!whole_number(inner, id) || id >= state().devices.size()) {
    return bad_value(path, "defaultDevice.default_device", inner, "the number of a visible device");
  }
  config.default_device = static_cast<int32_t>(id);
  return {};
}

// Sizes that these devices have no use for; what is no number is a mistake all the same.
Status check_sizes(const std::string& path, const Json& root) {
  for (const char* key : {"simt_printf_fifo_size", "simd_printf_fifo_size"}) {
    uint64_t size = 0;
    if (root.contains(key) && !whole_number(root[key], size)) {
      return bad_value(path, key, root[key], "a whole number of bytes");
    }
  }
  const auto stack = root.find("StackSize");
  if (stack == root.end()) return {};
  if (!stack->is_object()) {
    return bad_value(path, "StackSize", *stack, "an object such as {\"aicore_stack_size\": 32768}");
  }
  for (const auto& [key, value] : stack->items()) {
    uint64_t size = 0;
    if (whole_number(value, size)) continue;
    return bad_value(path, "StackSize." + key, value, "a whole number of bytes");
  }
  return {};
}

Status read_keys(const std::string& path, const Json& root, AclConfig& config) {
  if (const auto it = root.find("err_msg_mode"); it != root.end()) {
    const std::string mode = scalar_text(*it);
    if (mode != "0" && mode != "1") {
      return bad_value(path, "err_msg_mode", *it, "\"0\" (per thread) or \"1\" (per process)");
    }
    config.error_text_per_process = mode == "1";
  }
  if (const auto it = root.find("max_opqueue_num"); it != root.end()) {
    uint64_t limit = 0;
    if (!whole_number(*it, limit) || limit == 0) {
      return bad_value(path, "max_opqueue_num", *it, "a whole number above 0",
                       ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG);
    }
  }
  if (const auto it = root.find("defaultDevice"); it != root.end()) {
    POACL_RETURN_IF_ERROR(read_default_device(path, *it, config));
  }
  POACL_RETURN_IF_ERROR(check_sizes(path, root));
  if (const auto it = root.find("dump"); it != root.end()) {
    POACL_RETURN_IF_ERROR(
        check_dump_section(*it).with_context(fmt::format("configuration file '{}'", path)));
    config.has_dump = !it->empty();
    config.dump = it->dump();
  }
  if (const auto it = root.find("profiler"); it != root.end()) {
    const Status status = check_profiler_section(*it);
    if (!status.ok()) {
      log(LogLevel::kError, "ASCENDCL", "configuration file '{}': {}: {}; nothing is collected",
          path, status.tag(), status.message());
    }
    config.has_profiler = status.ok() && it->is_object() && it->value("switch", "") == "on";
  }
  return {};
}

}  // namespace

Result<AclConfig> read_acl_config(const std::string& path, const std::string& text) {
  POACL_RETURN_IF_ERROR(check_nesting(path, text));
  Json root;
  try {
    root = Json::parse(text);
  } catch (const Json::exception& error) {
    return Status(ACL_ERROR_PARSE_FILE,
                  fmt::format("configuration file '{}' is not valid JSON: {}", path, error.what()));
  }
  if (!root.is_object()) {
    return Status(
        ACL_ERROR_PARSE_FILE,
        fmt::format("configuration file '{}' holds {} where an object {{...}} is expected", path,
                    root.type_name()));
  }
  AclConfig config;
  POACL_RETURN_IF_ERROR(read_keys(path, root, config));
  return config;
}

Result<std::string> read_acl_config_file(const std::string& path) {
  auto file = MappedFile::open(path);
  if (file.ok()) {
    return std::string(static_cast<const char*>((*file)->data()), (*file)->size());
  }
  return Status(ACL_ERROR_INVALID_FILE, fmt::format("configuration {}", file.status().message()));
}

Result<std::string> read_dump_section(const std::string& path) {
  POACL_ASSIGN_OR_RETURN(const std::string text, read_acl_config_file(path));
  POACL_ASSIGN_OR_RETURN(AclConfig config, read_acl_config(path, text));
  if (!config.dump.empty()) return std::move(config.dump);
  return Status(ACL_ERROR_INVALID_DUMP_CONFIG,
                fmt::format("configuration file '{}' has no dump section", path), "EP0001");
}

}  // namespace poacl::runtime
