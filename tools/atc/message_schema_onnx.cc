// The graph of an ONNX file, by ONNX's public field numbers.
#include "atc/message_schema.h"

namespace poacl::atc {
namespace {

constexpr FieldKind kInt = FieldKind::kInt;
constexpr FieldKind kUint = FieldKind::kUint;
constexpr FieldKind kFloat = FieldKind::kFloat;
constexpr FieldKind kDouble = FieldKind::kDouble;
constexpr FieldKind kBytes = FieldKind::kBytes;
constexpr FieldKind kEnum = FieldKind::kEnum;
constexpr FieldKind kMessage = FieldKind::kMessage;

extern const MessageSchema kGraph;
extern const MessageSchema kType;

constexpr EnumName kAttributeTypes[] = {
    {0, "UNDEFINED"},       {1, "FLOAT"},       {2, "INT"},          {3, "STRING"},
    {4, "TENSOR"},          {5, "GRAPH"},       {6, "FLOATS"},       {7, "INTS"},
    {8, "STRINGS"},         {9, "TENSORS"},     {10, "GRAPHS"},      {11, "SPARSE_TENSOR"},
    {12, "SPARSE_TENSORS"}, {13, "TYPE_PROTO"}, {14, "TYPE_PROTOS"},
};
constexpr EnumName kLocations[] = {{0, "DEFAULT"}, {1, "EXTERNAL"}};

constexpr FieldSchema kPairFields[] = {{1, "key", kBytes}, {2, "value", kBytes}};
constexpr MessageSchema kPair{"StringStringEntryProto", kPairFields};

constexpr FieldSchema kTensorFields[] = {
    {1, "dims", kInt, true},
    {2, "data_type", kInt},
    {4, "float_data", kFloat, true, nullptr, {}, true},
    {5, "int32_data", kInt, true, nullptr, {}, true},
    {6, "string_data", kBytes, true, nullptr, {}, true},
    {7, "int64_data", kInt, true, nullptr, {}, true},
    {8, "name", kBytes},
    {9, "raw_data", kBytes, false, nullptr, {}, true},
    {10, "double_data", kDouble, true, nullptr, {}, true},
    {11, "uint64_data", kUint, true, nullptr, {}, true},
    {12, "doc_string", kBytes},
    {13, "external_data", kMessage, true, &kPair},
    {14, "data_location", kEnum, false, nullptr, kLocations},
};
constexpr MessageSchema kTensor{"TensorProto", kTensorFields};

constexpr FieldSchema kSparseFields[] = {{1, "values", kMessage, false, &kTensor},
                                         {2, "indices", kMessage, false, &kTensor},
                                         {3, "dims", kInt, true}};
constexpr MessageSchema kSparse{"SparseTensorProto", kSparseFields};

constexpr FieldSchema kDimFields[] = {
    {1, "dim_value", kInt}, {2, "dim_param", kBytes}, {3, "denotation", kBytes}};
constexpr MessageSchema kDim{"Dimension", kDimFields};
constexpr FieldSchema kShapeFields[] = {{1, "dim", kMessage, true, &kDim}};
constexpr MessageSchema kShape{"TensorShapeProto", kShapeFields};
constexpr FieldSchema kTensorTypeFields[] = {{1, "elem_type", kInt},
                                             {2, "shape", kMessage, false, &kShape}};
constexpr MessageSchema kTensorType{"Tensor", kTensorTypeFields};
constexpr FieldSchema kElementTypeFields[] = {{1, "elem_type", kMessage, false, &kType}};
constexpr MessageSchema kElementType{"Sequence", kElementTypeFields};
constexpr FieldSchema kMapTypeFields[] = {{1, "key_type", kInt},
                                          {2, "value_type", kMessage, false, &kType}};
constexpr MessageSchema kMapType{"Map", kMapTypeFields};
constexpr FieldSchema kTypeFields[] = {
    {1, "tensor_type", kMessage, false, &kTensorType},
    {4, "sequence_type", kMessage, false, &kElementType},
    {5, "map_type", kMessage, false, &kMapType},
    {6, "denotation", kBytes},
    {8, "sparse_tensor_type", kMessage, false, &kTensorType},
    {9, "optional_type", kMessage, false, &kElementType},
};
constexpr MessageSchema kType{"TypeProto", kTypeFields};

constexpr FieldSchema kValueFields[] = {
    {1, "name", kBytes}, {2, "type", kMessage, false, &kType}, {3, "doc_string", kBytes}};
constexpr MessageSchema kValue{"ValueInfoProto", kValueFields};

constexpr FieldSchema kAttributeFields[] = {
    {1, "name", kBytes},
    {2, "f", kFloat},
    {3, "i", kInt},
    {4, "s", kBytes},
    {5, "t", kMessage, false, &kTensor},
    {6, "g", kMessage, false, &kGraph},
    {7, "floats", kFloat, true},
    {8, "ints", kInt, true},
    {9, "strings", kBytes, true},
    {10, "tensors", kMessage, true, &kTensor},
    {11, "graphs", kMessage, true, &kGraph},
    {13, "doc_string", kBytes},
    {14, "tp", kMessage, false, &kType},
    {15, "type_protos", kMessage, true, &kType},
    {20, "type", kEnum, false, nullptr, kAttributeTypes},
    {21, "ref_attr_name", kBytes},
    {22, "sparse_tensor", kMessage, false, &kSparse},
    {23, "sparse_tensors", kMessage, true, &kSparse},
};
constexpr MessageSchema kAttribute{"AttributeProto", kAttributeFields};

constexpr FieldSchema kNodeFields[] = {
    {1, "input", kBytes, true},
    {2, "output", kBytes, true},
    {3, "name", kBytes},
    {4, "op_type", kBytes},
    {5, "attribute", kMessage, true, &kAttribute},
    {6, "doc_string", kBytes},
    {7, "domain", kBytes},
    {8, "overload", kBytes},
};
constexpr MessageSchema kNode{"NodeProto", kNodeFields};

constexpr FieldSchema kGraphFields[] = {
    {1, "node", kMessage, true, &kNode},
    {2, "name", kBytes},
    {5, "initializer", kMessage, true, &kTensor},
    {10, "doc_string", kBytes},
    {11, "input", kMessage, true, &kValue},
    {12, "output", kMessage, true, &kValue},
    {13, "value_info", kMessage, true, &kValue},
    {15, "sparse_initializer", kMessage, true, &kSparse},
};
constexpr MessageSchema kGraph{"GraphProto", kGraphFields};

}  // namespace

const MessageSchema& onnx_graph_schema() {
  return kGraph;
}

}  // namespace poacl::atc
