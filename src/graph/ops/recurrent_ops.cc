// Recurrent layers: CommonRNN, CommonGRU, CommonLSTM.
#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

constexpr std::string_view kNames[] = {"x",         "w",         "r", "b", "sequence_lens",
                                       "initial_h", "initial_c", "p"};

// `gates` rows of weights per hidden unit.
Status check_weights(const InferContext& c, int64_t gates, int64_t directions, int64_t hidden,
                     int64_t batch, int64_t input) {
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    if (i == 4) continue;
    POACL_RETURN_IF_ERROR(require_float(c, i, kNames[i]));
    if (c.has_input(i) && c.inputs[i].dtype != c.inputs[0].dtype) {
      return graph_error("{} is {}, but x is {}", kNames[i], data_type_name(c.inputs[i].dtype),
                         data_type_name(c.inputs[0].dtype));
    }
  }
  const Dims wanted[] = {{-1, -1, input},
                         {directions, gates * hidden, input},
                         {directions, gates * hidden, hidden},
                         {directions, 2 * gates * hidden},
                         {batch},
                         {directions, batch, hidden},
                         {directions, batch, hidden},
                         {directions, 3 * hidden}};
  for (size_t i = 1; i < c.inputs.size(); ++i) {
    POACL_RETURN_IF_ERROR(require_rank(c, i, wanted[i].size(), kNames[i]));
    for (size_t d = 0; d < wanted[i].size(); ++d) {
      POACL_RETURN_IF_ERROR(require_dim(c, i, d, wanted[i][d], kNames[i]));
    }
  }
  return {};
}

Status infer_recurrent(InferContext& c, int64_t gates, size_t states) {
  const std::string direction = c.attrs->get_string("direction");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    return graph_error("direction is '{}', but must be forward, reverse or bidirectional",
                       direction);
  }
  const int64_t hidden = c.attrs->get_int("hidden_size");
  if (hidden < 1 || hidden > kMaxExtent) {
    return graph_error("hidden_size is {}, but must be from 1 to {}", hidden, kMaxExtent);
  }
  const int64_t directions = direction == "bidirectional" ? 2 : 1;
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 3, "x"));
  const auto& x = c.inputs[0];
  const Dims dims = x.rank_known ? x.dims : Dims(3, -1);
  POACL_RETURN_IF_ERROR(check_weights(c, gates, directions, hidden, dims[1], dims[2]));
  if (c.has_input(4) && c.inputs[4].dtype != DataType::kInt32 &&
      c.inputs[4].dtype != DataType::kInt64) {
    return graph_error("sequence_lens must be int32 or int64, but is {}",
                       data_type_name(c.inputs[4].dtype));
  }
  c.set_output(0, x.dtype, {dims[0], directions, dims[1], hidden});
  for (size_t i = 0; i < states; ++i) {
    c.set_output(i + 1, x.dtype, {directions, dims[1], hidden});
  }
  return {};
}

Status infer_rnn(InferContext& c) {
  return infer_recurrent(c, 1, 1);
}

Status infer_gru(InferContext& c) {
  return infer_recurrent(c, 3, 1);
}

Status infer_lstm(InferContext& c) {
  return infer_recurrent(c, 4, 2);
}

std::vector<PortDef> input_ports(size_t count) {
  std::vector<PortDef> ports;
  for (size_t i = 0; i < count; ++i) {
    ports.push_back({kNames[i], i < 3 ? PortKind::kRequired : PortKind::kOptional});
  }
  return ports;
}

std::vector<AttrDef> attributes(std::string_view own) {
  std::vector<AttrDef> attrs = {
      {"activation_alpha", std::vector<float>()},  {"activation_beta", std::vector<float>()},
      {"activations", std::vector<std::string>()}, {"clip", 0.0f},
      {"direction", std::string("forward")},       {"hidden_size", int64_t{0}, true}};
  if (!own.empty()) attrs.push_back({own, int64_t{0}});
  return attrs;
}

}  // namespace

std::span<const OpDef> recurrent_ops() {
  static const std::vector<OpDef> defs = {
      {"CommonRNN", input_ports(6), {{"y"}, {"y_h"}}, attributes(""), infer_rnn},
      {"CommonGRU", input_ports(6), {{"y"}, {"y_h"}}, attributes("linear_before_reset"), infer_gru},
      {"CommonLSTM",
       input_ports(8),
       {{"y"}, {"y_h"}, {"y_c"}},
       attributes("input_forget"),
       infer_lstm},
  };
  return defs;
}

}  // namespace poacl
