// The library, initialised, with its devices open.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "acl/acl.h"
#include "options.h"

namespace msame {

class Session {
 public:
  // Initialises with ./acl.json where there is one, as the public tool does, or with what --dump or
  // --profiler ask for; opens the devices and makes a context on each. Throws Failure.
  explicit Session(const Options& options);
  // Closes what is open.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Makes the context of the `index`-th device current on this thread.
  void enter(size_t index) const;
  // Closes everything and says so; throws when the library refuses.
  void close();

 private:
  void release(bool report);

  std::vector<int32_t> devices_;
  std::vector<aclrtContext> contexts_;
  size_t open_devices_ = 0;
  bool initialized_ = false;
};

}  // namespace msame
