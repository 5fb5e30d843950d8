#include "runtime/init.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "acl/acl_base.h"
#include "base/fork_locks.h"
#include "base/log.h"
#include "base/mapped_file.h"
#include "runtime/runtime.h"
#include "runtime/state.h"

namespace poacl::runtime {
namespace {

using Json = nlohmann::json;

constexpr int kMaxNesting = 10;

struct Settings {
  bool error_text_per_process = false;
  int32_t default_device = -1;
};

struct InitState {
  ForkSafeMutex mutex;
  uint64_t count = 0;
  bool finalized = false;
  bool has_hash = false;
  size_t content_hash = 0;
  std::string first_init;  // who and when
};

std::atomic<bool> initialized{false};
std::atomic<int32_t> device_by_default{-1};

InitState& init_state();

void forget_in_child() {
  // Only the forking thread exists here. The child has not called acl.init.
  InitState& now = init_state();
  now.count = 0;
  now.finalized = false;
  now.has_hash = false;
  initialized.store(false);
  device_by_default.store(-1);
}

InitState& init_state() {
  static auto* const instance = [] {
    auto* made = new InitState;
    pthread_atfork(nullptr, nullptr, forget_in_child);
    return made;
  }();
  return *instance;
}

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

Status bad_value(const std::string& path, const char* key, const Json& value, const char* wanted) {
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("configuration file '{}': {} is {}, but must be {}", path, key,
                            value.dump(), wanted));
}

Result<Settings> read_settings(const std::string& path, const Json& root) {
  Settings settings;
  if (!root.is_object()) {
    return Status(
        ACL_ERROR_PARSE_FILE,
        fmt::format("configuration file '{}' holds {} where an object {{...}} is expected", path,
                    root.type_name()));
  }
  if (const auto it = root.find("err_msg_mode"); it != root.end()) {
    const std::string mode = scalar_text(*it);
    if (mode != "0" && mode != "1") {
      return bad_value(path, "err_msg_mode", *it, "\"0\" (per thread) or \"1\" (per process)");
    }
    settings.error_text_per_process = mode == "1";
  }
  if (const auto it = root.find("max_opqueue_num"); it != root.end()) {
    const std::string text = scalar_text(*it);
    uint64_t limit = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || stop != text.data() + text.size() || limit == 0) {
      return Status(
          ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG,
          bad_value(path, "max_opqueue_num", *it, "a whole number above 0").message().data());
    }
  }
  if (const auto it = root.find("defaultDevice"); it != root.end()) {
    const auto inner = it->is_object() ? it->find("default_device") : it->end();
    if (!it->is_object() || inner == it->end()) {
      return bad_value(path, "defaultDevice", *it, "{\"default_device\": \"0\"}");
    }
    const std::string text = scalar_text(*inner);
    int32_t id = -1;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || stop != text.data() + text.size() || id < 0 ||
        static_cast<size_t>(id) >= state().devices.size()) {
      return bad_value(path, "defaultDevice.default_device", *inner,
                       "the number of a visible device");
    }
    settings.default_device = id;
  }
  return settings;
}

struct ConfigFile {
  Settings settings;
  size_t hash = 0;
};

Result<ConfigFile> read_file(const std::string& path) {
  ConfigFile result;
  std::string text = "{}";
  if (!path.empty()) {
    auto file = MappedFile::open(path);
    if (!file.ok()) {
      return Status(ACL_ERROR_INVALID_FILE,
                    fmt::format("configuration {}", file.status().message()));
    }
    text.assign(static_cast<const char*>((*file)->data()), (*file)->size());
  }
  result.hash = std::hash<std::string>{}(text);
  POACL_RETURN_IF_ERROR(check_nesting(path, text));
  Json root;
  try {
    root = Json::parse(text);
  } catch (const Json::exception& error) {
    return Status(ACL_ERROR_PARSE_FILE,
                  fmt::format("configuration file '{}' is not valid JSON: {}", path, error.what()));
  }
  POACL_ASSIGN_OR_RETURN(result.settings, read_settings(path, root));
  return result;
}

// Counts a repeated acl.init and tells so; fine when this is the first. The mutex is held.
Status count_repeated(InitState& now) {
  if (now.count == 0) return {};
  ++now.count;
  return Status(
      ACL_ERROR_REPEAT_INITIALIZE,
      fmt::format("acl.init was called before in this process, by {}; this is harmless: go "
                  "on as if initialised, only the first caller should call acl.finalize",
                  now.first_init));
}

}  // namespace

Status initialize(const char* path) {
  InitState& now = init_state();
  {
    // A repeated call is told so whatever its file holds.
    std::lock_guard lock(now.mutex);
    POACL_RETURN_IF_ERROR(count_repeated(now));
  }
  POACL_ASSIGN_OR_RETURN(const ConfigFile file, read_file(path == nullptr ? "" : path));
  std::lock_guard lock(now.mutex);
  // Another thread's first call may have come in between.
  POACL_RETURN_IF_ERROR(count_repeated(now));
  if (now.has_hash && now.content_hash != file.hash) {
    return Status(
        ACL_ERROR_INVALID_PARAM,
        fmt::format("acl.init after acl.finalize must use the same configuration as the first "
                    "time; '{}' differs from it",
                    path == nullptr ? "" : path));
  }
  now.count = 1;
  now.finalized = false;
  now.has_hash = true;
  now.content_hash = file.hash;
  now.first_init = this_thread_text();
  set_error_text_per_process(file.settings.error_text_per_process);
  device_by_default.store(file.settings.default_device);
  initialized.store(true, std::memory_order_release);
  return {};
}

namespace {

// There is no acl.init to give back.
Status not_initialized(const InitState& now) {
  if (!now.finalized) {
    return Status(ACL_ERROR_REPEAT_FINALIZE,
                  "acl.init was not called in this process: there is nothing to finalize");
  }
  return Status(
      ACL_ERROR_REPEAT_FINALIZE,
      "acl.finalize was called before and acl.init was not called since: call it once, at "
      "the end");
}

// The mutex is held.
void tear_down(InitState& now) {
  now.count = 0;
  now.finalized = true;
  initialized.store(false, std::memory_order_release);
  device_by_default.store(-1);
}

void tell_what_is_alive() {
  const State& all = state();
  size_t streams = 0;
  for (const auto& stream : all.streams.all()) streams += stream->traits().is_default ? 0 : 1;
  if (all.contexts.size() + all.events.size() + streams == 0) return;
  log(LogLevel::kInfo, "RUNTIME", "at acl.finalize still alive: {} contexts, {} streams, {} events",
      all.contexts.size(), streams, all.events.size());
}

}  // namespace

Status finalize() {
  InitState& now = init_state();
  {
    std::lock_guard lock(now.mutex);
    if (now.finalized) return not_initialized(now);
    tear_down(now);
  }
  tell_what_is_alive();
  return {};
}

Status finalize_reference(uint64_t& left) {
  InitState& now = init_state();
  bool last = false;
  {
    std::lock_guard lock(now.mutex);
    if (now.count == 0) {
      left = 0;
      return not_initialized(now);
    }
    left = --now.count;
    last = left == 0;
    if (last) tear_down(now);
  }
  if (last) tell_what_is_alive();
  return {};
}

int32_t default_device() noexcept {
  return device_by_default.load(std::memory_order_relaxed);
}

bool is_initialized() noexcept {
  return initialized.load(std::memory_order_acquire);
}

}  // namespace poacl::runtime
