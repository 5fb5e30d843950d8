// The configuration file of acl.init: what its keys may hold (spec dump-prof-log sections 1, 2, 5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/status.h"

namespace poacl::runtime {

struct AclConfig {
  bool error_text_per_process = false;
  int32_t default_device = -1;
  bool has_dump = false;      // a section that asks for something
  bool has_profiler = false;  // a section that is switched on
  std::string dump;           // that section
};

// `path` names the file in sentences; `text` is what it holds. 100006 for no JSON, no object or
// nesting deeper than 10; otherwise the code of the key. Unknown keys are passed over. What a
// profiler section may not hold is logged and does not fail.
Result<AclConfig> read_acl_config(const std::string& path, const std::string& text);
// The text of such a file; 100003 when it cannot be read.
Result<std::string> read_acl_config_file(const std::string& path);

// The dump section of a file of this kind, for aclmdlSetDump. 100003 for a file that cannot be
// read, 100009 for one without a section; otherwise the codes of read_acl_config.
Result<std::string> read_dump_section(const std::string& path);

// 100009, with EP0001 (missing or of a wrong kind), EP0003 (value) or EP0005 (conflict).
Status check_dump_section(const nlohmann::json& dump);
// 100010, with EK0003.
Status check_profiler_section(const nlohmann::json& profiler);

}  // namespace poacl::runtime
