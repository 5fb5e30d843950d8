// Turning dumps of models on and off in the process (spec: model section 8).
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "model/dump/dump_settings.h"

namespace poacl::model {

// Sections are texts that passed runtime::check_dump_section. Any thread.

// For acl.init: its file's section; empty when there is none. And for acl.finalize, which ends
// every dump.
void begin_dump_of_process(const std::string& section);
void end_dump_of_process();

// 100002 when dumps were allowed already, by this call or the file of acl.init.
Status allow_dump();
// Models loaded from now on are dumped as the section says. 100045 without allow_dump().
Status set_dump(const std::string& section);
// No more dumps. 100045 without allow_dump().
Status disallow_dump();
// 100045 without allow_dump().
Status check_dump_allowed();

// For a model that is being loaded; null when none is dumped.
std::shared_ptr<const DumpSettings> current_dump();

}  // namespace poacl::model
