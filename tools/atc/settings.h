// What one conversion is asked for: the command line, checked.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "atc/gears.h"
#include "atc/input_shape.h"
#include "atc/options.h"
#include "base/dtype.h"
#include "base/log.h"
#include "base/status.h"
#include "base/tensor.h"
#include "compile/set_precision.h"
#include "om/om_model.h"

namespace poacl::atc {

struct OutputType {
  std::string output;  // "node:index"; empty = all outputs
  DataType dtype = DataType::kUndefined;
};

struct Settings {
  std::string model;
  std::string output;  // with ".om"
  std::string soc_version;
  std::string input_format = "NCHW";
  std::vector<InputShape> input_shapes;
  GearSettings gears;
  WeightFiles weight_files = WeightFiles::kInside;
  std::vector<std::string> fp16_inputs;  // --input_fp16_nodes
  std::string aipp_config;               // --insert_op_conf
  std::vector<std::string> out_nodes;
  std::vector<OutputType> output_types;
  PrecisionRules precision;
  LogLevel log_level = LogLevel::kNone;
  bool display_model_info = false;
  bool check_only = false;    // --mode=3: no .om is made, and output may be empty
  std::string check_report;   // where the report of a check goes
  bool report_asked = false;  // --check_report is given
  std::string command;        // as typed, recorded in the .om
  std::vector<std::string> warnings;
};

// Checks in the documented order (spec: atc section 5) and returns the first error, with its
// E-code as tag. Touches no file but looks whether those named exist.
Result<Settings> check_options(const CommandLine& line);

// 0 when not given.
Result<int> conversion_mode(const CommandLine& line);

Result<LogLevel> log_level_option(const CommandLine& line);

}  // namespace poacl::atc
