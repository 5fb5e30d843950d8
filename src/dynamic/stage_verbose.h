// POACL_VERBOSE=1: one line per stage on standard error.
#pragma once

#include "dynamic/stage_plan.h"

namespace poacl {

// Tab-separated: "poacl", "stage", graph, number, "kept" or "planned", steps, shapes of the inputs
// (values of the few that are part of the plan are not shown), eager operators that follow.
void describe_stage(const Graph& graph, const StagePlan& plan, const LiveTensors& live, bool kept);

}  // namespace poacl
