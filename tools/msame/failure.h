// How msame fails: an exception with one sentence, printed by main(). The program is a client of
// the public C interface and includes nothing else of this project.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "acl/acl.h"

namespace msame {

class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw Failure(fmt::format(format, std::forward<Args>(args)...));
}

// Throws with the library's own sentence, which names the call and the code, unless `code` is 0.
inline void check(aclError code, const char* call) {
  if (code == ACL_SUCCESS) return;
  const char* text = aclGetRecentErrMsg();
  if (text != nullptr && *text != '\0') fail("{}", text);
  fail("{} returned {}", call, code);
}

}  // namespace msame
