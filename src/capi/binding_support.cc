#include "capi/binding_support.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "capi/entry.h"

namespace {

constexpr std::pair<std::string_view, std::string_view> kPythonNames[] = {
#include "python_names.inc"
};

std::string_view python_name(std::string_view c_name) {
  const auto* const found = std::lower_bound(
      std::begin(kPythonNames), std::end(kPythonNames), c_name,
      [](const auto& pair, std::string_view wanted) { return pair.first < wanted; });
  return found != std::end(kPythonNames) && found->first == c_name ? found->second : c_name;
}

}  // namespace

int32_t poaclRefuse(const char* api, int32_t code, const char* sentence) {
  return poacl::capi::entry(api, [&] { return poacl::Status(code, sentence); });
}

void poaclUsePythonNames() {
  poacl::set_api_namer(python_name);
}
