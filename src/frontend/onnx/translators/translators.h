// The tables of translators, one per family file in this folder.
#pragma once

#include <span>

#include "frontend/onnx/translator.h"

namespace poacl::onnx_frontend {

std::span<const TranslatorEntry> conv_translators();
std::span<const TranslatorEntry> pool_translators();
std::span<const TranslatorEntry> matmul_translators();
std::span<const TranslatorEntry> norm_translators();
std::span<const TranslatorEntry> unary_translators();
std::span<const TranslatorEntry> binary_translators();
std::span<const TranslatorEntry> view_translators();
std::span<const TranslatorEntry> join_translators();
std::span<const TranslatorEntry> index_translators();
std::span<const TranslatorEntry> make_translators();
std::span<const TranslatorEntry> reduce_translators();

}  // namespace poacl::onnx_frontend
