// Field tables of the messages that atc shows as JSON: the model message of an .om (spec: om-format
// section 3) and the graph of an ONNX file. A table, not generated classes, because the lite
// runtime knows no names and a genuine file has more fields than the reader of ours needs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace poacl::atc {

enum class FieldKind : uint8_t { kInt, kUint, kBool, kFloat, kDouble, kBytes, kEnum, kMessage };

struct EnumName {
  int64_t number;
  std::string_view name;
};

struct MessageSchema;

struct FieldSchema {
  uint32_t number = 0;
  std::string_view name;
  FieldKind kind = FieldKind::kInt;
  bool repeated = false;
  const MessageSchema* message = nullptr;  // kMessage
  std::span<const EnumName> names = {};    // kEnum
  bool left_out = false;                   // not part of atc's JSON: weights, sizes, offsets
};

struct MessageSchema {
  std::string_view name;
  std::span<const FieldSchema> fields;

  const FieldSchema* find(uint32_t number) const;
  const FieldSchema* find(std::string_view field) const;
};

// ModelDef of an .om, and GraphProto of an ONNX file.
const MessageSchema& om_model_schema();
const MessageSchema& onnx_graph_schema();

}  // namespace poacl::atc
