// The check report: what atc thinks of every node of a model, as JSON (spec: atc section 8, mode
// 3).
#pragma once

#include <string>

#include "atc/options.h"
#include "base/status.h"
#include "frontend/onnx/import_report.h"

namespace poacl::atc {

// --check_report, else check_result.json in $ASCEND_WORK_PATH, else in the current folder.
std::string check_report_path(const CommandLine& line);

// {"name", "result": "success" | "failed", "total", "pass", "fail", "op": [{"name", "type",
// "domain", "opset", "result", "cause": [{"code", "message", "solution"}]}]}. `outcome` is how the
// check of the model ended; an error that belongs to no node stands in a "cause" of the whole.
std::string check_report_text(const std::string& name, const ImportReport& report,
                              const Status& outcome);

// Replaces the file at once. E13004 with the system's reason.
Status write_check_report(const std::string& path, const std::string& text);

}  // namespace poacl::atc
