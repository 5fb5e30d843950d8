// The tables of translators, one per family file in this folder.
#pragma once

#include <span>

#include "frontend/onnx/translator.h"

namespace poacl::onnx_frontend {

std::span<const TranslatorEntry> conv_translators();
std::span<const TranslatorEntry> pool_translators();
std::span<const TranslatorEntry> resize_translators();
std::span<const TranslatorEntry> sample_translators();
std::span<const TranslatorEntry> matmul_translators();
std::span<const TranslatorEntry> norm_translators();
std::span<const TranslatorEntry> row_norm_translators();
std::span<const TranslatorEntry> sequence_translators();
std::span<const TranslatorEntry> attention_translators();
std::span<const TranslatorEntry> recurrent_translators();
std::span<const TranslatorEntry> loss_translators();
std::span<const TranslatorEntry> einsum_translators();
std::span<const TranslatorEntry> qlinear_translators();
std::span<const TranslatorEntry> unary_translators();
std::span<const TranslatorEntry> binary_translators();
std::span<const TranslatorEntry> view_translators();
std::span<const TranslatorEntry> join_translators();
std::span<const TranslatorEntry> index_translators();
std::span<const TranslatorEntry> pad_translators();
std::span<const TranslatorEntry> scatter_translators();
std::span<const TranslatorEntry> signal_translators();
std::span<const TranslatorEntry> make_translators();
std::span<const TranslatorEntry> reduce_translators();
std::span<const TranslatorEntry> cast_translators();
std::span<const TranslatorEntry> quantize_translators();
std::span<const TranslatorEntry> random_translators();
std::span<const TranslatorEntry> generate_translators();
std::span<const TranslatorEntry> select_translators();        // NonZero, Compress, Unique, NMS
std::span<const TranslatorEntry> control_flow_translators();  // If, Loop, Scan
std::span<const TranslatorEntry> tensor_list_translators();   // sequences, optionals

}  // namespace poacl::onnx_frontend
