// Tests: from a tiny ONNX model to its graph, or to what the importer says against it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "frontend/onnx/onnx_import.h"
#include "frontend/onnx/test_model.h"

namespace poacl::onnx_frontend {

inline Result<Graph> import(const TestModel& model, const OnnxImportOptions& options = {}) {
  const std::string bytes = model.bytes();
  return import_onnx_bytes(bytes.data(), bytes.size(), options);
}

inline Graph imported(const TestModel& model) {
  Result<Graph> graph = import(model);
  EXPECT_TRUE(graph.ok()) << graph.status().message();
  return graph.ok() ? std::move(*graph) : Graph();
}

inline std::string error_of(const TestModel& model) {
  const Result<Graph> graph = import(model);
  EXPECT_FALSE(graph.ok());
  return graph.ok() ? "" : std::string(graph.status().message());
}

inline void add_int(poacl::onnx::Node& node, const char* name, int64_t value) {
  auto* attribute = node.add_attribute();
  attribute->set_name(name);
  attribute->set_type(2);
  attribute->set_i(value);
}

}  // namespace poacl::onnx_frontend
