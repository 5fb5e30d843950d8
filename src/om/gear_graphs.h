// Gears in the model message, as genuine files have them: the main graph chooses one of the graphs
// behind it.
//
// Main graph: the model's inputs (Data, with _mbatch_origin_input_dims), the input that chooses, a
// Const with every gear's values, MapIndex, Case with a subgraph for each gear, NetOutput.
// Operators of gear i's graph have names that end in "_ascend_mbatch_batch_<i>".
#pragma once

#include "base/status.h"
#include "ge.pb.h"
#include "om/graph_reader.h"
#include "om/graph_writer.h"
#include "om/om_model.h"

namespace poacl::om {

// Adds the main graph and one for each gear to the message.
Status encode_gears(const OmModel& model, WeightsOut& weights, ModelDef* out);

// Fills model->gears, and model->graph with a copy of the largest gear's. Whatever the message
// says, what comes back passes check_gears().
Status decode_gears(const ModelDef& def, const ReadContext& context, OmModel* model);

}  // namespace poacl::om
