#include "base/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "base/cpu_count.h"
#include "base/log.h"

namespace poacl {
namespace {

constexpr int kMaxDevices = 64;
constexpr int kMaxThreads = 256;

bool parse_int(std::string_view text, int& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end && !text.empty();
}

int bounded(const std::function<const char*(const char*)>& env, const char* name, int low, int high,
            int fallback, std::vector<std::string>& warnings) {
  const char* text = env(name);
  if (text == nullptr || *text == '\0') return fallback;
  int value = 0;
  if (parse_int(text, value) && value >= low && value <= high) return value;
  warnings.push_back(fmt::format("{}='{}' is not a whole number from {} to {}; {} is used", name,
                                 text, low, high, fallback));
  return fallback;
}

bool switched_on(const std::function<const char*(const char*)>& env, const char* name,
                 std::vector<std::string>& warnings) {
  return bounded(env, name, 0, 1, 0, warnings) == 1;
}

// Stops at the first entry that is not a plain number or not a device. A list that names a device
// twice is refused as a whole, so that no two logical devices are one.
std::vector<int> visible(const char* list, int devices, std::vector<std::string>& warnings) {
  std::vector<int> ids;
  if (list == nullptr) {
    for (int id = 0; id < devices; ++id) ids.push_back(id);
    return ids;
  }
  const auto done = [&] {
    if (ids.empty()) {
      warnings.push_back(fmt::format(
          "ASCEND_RT_VISIBLE_DEVICES='{}' names no device from 0 to {}; no device is visible", list,
          devices - 1));
    }
    return ids;
  };
  std::string_view rest = list;
  while (true) {
    const size_t comma = rest.find(',');
    const std::string_view token = rest.substr(0, comma);
    int id = 0;
    const bool digits =
        std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || !parse_int(token, id) || id >= devices) return done();
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
      warnings.push_back(
          fmt::format("ASCEND_RT_VISIBLE_DEVICES='{}' names device {} twice; no device is visible: "
                      "name each device once",
                      list, id));
      return {};
    }
    ids.push_back(id);
    if (comma == std::string_view::npos) return done();
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace

Config read_config(const std::function<const char*(const char*)>& env) {
  Config made;
  made.soc = find_soc_profile(kDefaultSoc);
  if (const char* name = env("POACL_SOC"); name != nullptr && *name != '\0') {
    if (const SocProfile* profile = find_soc_profile(name)) {
      made.soc = profile;
    } else {
      const std::string_view nearest = nearest_soc_profile(name);
      made.warnings.push_back(
          fmt::format("POACL_SOC='{}' is not a known chip{}; {} is used. Known: {}", name,
                      nearest.empty() ? std::string() : fmt::format(" (did you mean {}?)", nearest),
                      kDefaultSoc, soc_profile_names()));
    }
  }
  made.physical_devices = bounded(env, "POACL_DEVICES", 1, kMaxDevices, 8, made.warnings);
  made.threads = bounded(env, "POACL_THREADS", 1, kMaxThreads,
                         std::min(usable_cores(), kMaxThreads), made.warnings);
  made.strict_media = switched_on(env, "POACL_STRICT_MEDIA", made.warnings);
  made.lenient_media = switched_on(env, "POACL_LENIENT_MEDIA", made.warnings);
  made.visible_devices =
      visible(env("ASCEND_RT_VISIBLE_DEVICES"), made.physical_devices, made.warnings);
  return made;
}

const Config& config() {
  // Made on first use without a guard: a child forked while another thread holds a static's guard
  // would wait for it for ever. Never destroyed: workers and exit handlers may still ask.
  static constinit std::atomic<const Config*> instance{nullptr};
  const Config* found = instance.load(std::memory_order_acquire);
  if (found != nullptr) return *found;
  auto made = std::make_unique<const Config>(
      read_config([](const char* name) { return std::getenv(name); }));
  if (!instance.compare_exchange_strong(found, made.get())) return *found;
  for (const std::string& sentence : made->warnings) {
    log(LogLevel::kWarning, "RUNTIME", "{}", sentence);
    if (sentence.starts_with("POACL_")) std::fprintf(stderr, "[WARNING] %s\n", sentence.c_str());
  }
  return *made.release();
}

}  // namespace poacl
