// From the settings to the graphs of a model, imported, optimised and lowered: one, or one for each
// gear.
#pragma once

#include <string>

#include "atc/settings.h"
#include "base/status.h"
#include "frontend/onnx/import_report.h"
#include "om/om_model.h"

namespace poacl::atc {

// What the user is told besides success or failure.
struct ConversionNotes {
  std::string report_path;  // of the check report that was written; empty: none was
  std::string precision;    // precision_text() where a lesser precision was asked for
};

// Fills graph, gears, input_ranges and packed of the model, and what `info` says of them. An error
// of one gear names the gear. Where gears are made, no more than one of them has constants of its
// own at a time.
Status build_graphs(const Settings& settings, ConversionNotes* notes, OmModel* model);

// The import alone, with the first gear's shapes: what --mode=3 checks. Also leaves the report of a
// failed import, as far as nodes are to blame or the user wants it.
Status check_import(const Settings& settings, ConversionNotes* notes);

}  // namespace poacl::atc
