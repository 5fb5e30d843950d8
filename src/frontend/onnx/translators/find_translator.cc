#include <map>

#include "frontend/onnx/translators/translators.h"

namespace poacl::onnx_frontend {

const TranslatorEntry* find_translator(std::string_view op_type) {
  static const std::map<std::string_view, const TranslatorEntry*> table = [] {
    std::map<std::string_view, const TranslatorEntry*> all;
    for (const auto family :
         {conv_translators,      pool_translators,         resize_translators,
          sample_translators,    matmul_translators,       norm_translators,
          row_norm_translators,  sequence_translators,     attention_translators,
          recurrent_translators, loss_translators,         einsum_translators,
          qlinear_translators,   unary_translators,        binary_translators,
          view_translators,      join_translators,         index_translators,
          pad_translators,       scatter_translators,      signal_translators,
          make_translators,      reduce_translators,       cast_translators,
          quantize_translators,  random_translators,       generate_translators,
          select_translators,    control_flow_translators, tensor_list_translators}) {
      for (const TranslatorEntry& entry : family()) all.emplace(entry.op_type, &entry);
    }
    return all;
  }();
  const auto it = table.find(op_type);
  return it == table.end() ? nullptr : it->second;
}

}  // namespace poacl::onnx_frontend
