// The messages of an .om, by their public field numbers (spec: om-format section 3).
#include "atc/message_schema.h"

namespace poacl::atc {
namespace {

constexpr FieldKind kInt = FieldKind::kInt;
constexpr FieldKind kUint = FieldKind::kUint;
constexpr FieldKind kBool = FieldKind::kBool;
constexpr FieldKind kFloat = FieldKind::kFloat;
constexpr FieldKind kBytes = FieldKind::kBytes;
constexpr FieldKind kEnum = FieldKind::kEnum;
constexpr FieldKind kMessage = FieldKind::kMessage;

extern const MessageSchema kAttr;
extern const MessageSchema kGraph;
extern const MessageSchema kNamedAttrs;

constexpr EnumName kDataTypes[] = {
    {0, "DT_UNDEFINED"},      {1, "DT_FLOAT"},
    {2, "DT_FLOAT16"},        {3, "DT_INT8"},
    {4, "DT_UINT8"},          {5, "DT_INT16"},
    {6, "DT_UINT16"},         {7, "DT_INT32"},
    {8, "DT_INT64"},          {9, "DT_UINT32"},
    {10, "DT_UINT64"},        {11, "DT_BOOL"},
    {12, "DT_DOUBLE"},        {13, "DT_STRING"},
    {14, "DT_DUAL_SUB_INT8"}, {15, "DT_DUAL_SUB_UINT8"},
    {16, "DT_COMPLEX64"},     {17, "DT_COMPLEX128"},
    {18, "DT_QINT8"},         {19, "DT_QINT16"},
    {20, "DT_QINT32"},        {21, "DT_QUINT8"},
    {22, "DT_QUINT16"},       {23, "DT_RESOURCE"},
    {24, "DT_STRING_REF"},    {25, "DT_DUAL"},
    {26, "DT_VARIANT"},       {27, "DT_BF16"},
    {28, "DT_INT4"},          {29, "DT_UINT1"},
    {30, "DT_INT2"},          {31, "DT_UINT2"},
    {32, "DT_COMPLEX32"},     {33, "DT_HIFLOAT8"},
    {34, "DT_FLOAT8_E5M2"},   {35, "DT_FLOAT8_E4M3FN"},
    {36, "DT_FLOAT8_E8M0"},   {37, "DT_FLOAT6_E3M2"},
    {38, "DT_FLOAT6_E2M3"},   {39, "DT_FLOAT4_E2M1"},
    {40, "DT_FLOAT4_E1M2"},   {41, "DT_HIFLOAT4"},
};

constexpr EnumName kListTypes[] = {
    {0, "VT_LIST_NONE"},        {1, "VT_LIST_STRING"},     {2, "VT_LIST_INT"},
    {3, "VT_LIST_FLOAT"},       {4, "VT_LIST_BOOL"},       {5, "VT_LIST_BYTES"},
    {6, "VT_LIST_TENSOR_DESC"}, {7, "VT_LIST_TENSOR"},     {8, "VT_LIST_GRAPH"},
    {9, "VT_LIST_NAMED_ATTRS"}, {10, "VT_LIST_DATA_TYPE"},
};

constexpr FieldSchema kAttrEntryFields[] = {{1, "key", kBytes},
                                            {2, "value", kMessage, false, &kAttr}};
constexpr MessageSchema kAttrEntry{"AttrEntry", kAttrEntryFields};

constexpr FieldSchema kShapeFields[] = {{1, "dim", kInt, true}};
constexpr MessageSchema kShape{"ShapeDef", kShapeFields};

constexpr FieldSchema kTensorDescFields[] = {
    {1, "name", kBytes},
    {2, "dtype", kEnum, false, nullptr, kDataTypes},
    {3, "shape", kMessage, false, &kShape},
    {4, "layout", kBytes},
    {5, "attr", kMessage, true, &kAttrEntry},
    {9, "has_out_attr", kBool},
    {10, "size", kInt, false, nullptr, {}, true},
    {11, "weight_size", kInt, false, nullptr, {}, true},
    {12, "reuse_input", kBool},
    {13, "output_tensor", kBool},
    {14, "device_type", kBytes},
    {15, "input_tensor", kBool},
    {16, "real_dim_cnt", kInt},
    {17, "reuse_input_index", kInt},
    {18, "data_offset", kInt, false, nullptr, {}, true},
    {19, "cmps_size", kInt},
    {20, "cmps_tab", kBytes},
    {21, "cmps_tab_offset", kInt},
};
constexpr MessageSchema kTensorDesc{"TensorDescriptor", kTensorDescFields};

constexpr FieldSchema kTensorFields[] = {{1, "desc", kMessage, false, &kTensorDesc},
                                         {2, "data", kBytes, false, nullptr, {}, true}};
constexpr MessageSchema kTensor{"TensorDef", kTensorFields};

constexpr FieldSchema kNamedAttrsFields[] = {{1, "name", kBytes},
                                             {2, "attr", kMessage, true, &kAttrEntry}};
constexpr MessageSchema kNamedAttrs{"NamedAttrs", kNamedAttrsFields};

constexpr FieldSchema kListFields[] = {
    {2, "s", kBytes, true},
    {3, "i", kInt, true},
    {4, "f", kFloat, true},
    {5, "b", kBool, true},
    {7, "bt", kBytes, true, nullptr, {}, true},
    {8, "td", kMessage, true, &kTensorDesc},
    {9, "t", kMessage, true, &kTensor},
    {10, "g", kMessage, true, &kGraph},
    {11, "na", kMessage, true, &kNamedAttrs},
    {12, "dt", kInt, true},
    {20, "val_type", kEnum, false, nullptr, kListTypes},
};
constexpr MessageSchema kList{"ListValue", kListFields};

constexpr FieldSchema kIntRowFields[] = {{1, "list_i", kInt, true}};
constexpr MessageSchema kIntRow{"ListInt", kIntRowFields};
constexpr FieldSchema kIntRowsFields[] = {{1, "list_list_i", kMessage, true, &kIntRow}};
constexpr MessageSchema kIntRows{"ListListInt", kIntRowsFields};
constexpr FieldSchema kFloatRowFields[] = {{1, "list_f", kFloat, true}};
constexpr MessageSchema kFloatRow{"ListFloat", kFloatRowFields};
constexpr FieldSchema kFloatRowsFields[] = {{1, "list_list_f", kMessage, true, &kFloatRow}};
constexpr MessageSchema kFloatRows{"ListListFloat", kFloatRowsFields};

constexpr FieldSchema kAttrFields[] = {
    {1, "list", kMessage, false, &kList},
    {2, "s", kBytes},
    {3, "i", kInt},
    {4, "f", kFloat},
    {5, "b", kBool},
    {7, "bt", kBytes, false, nullptr, {}, true},
    {10, "func", kMessage, false, &kNamedAttrs},
    {11, "td", kMessage, false, &kTensorDesc},
    {12, "t", kMessage, false, &kTensor},
    {13, "g", kMessage, false, &kGraph},
    {14, "list_list_int", kMessage, false, &kIntRows},
    {15, "dt", kInt},
    {16, "list_list_float", kMessage, false, &kFloatRows},
    {17, "expression", kBytes},
};
constexpr MessageSchema kAttr{"AttrDef", kAttrFields};

constexpr FieldSchema kOpFields[] = {
    {1, "name", kBytes},
    {2, "type", kBytes},
    {5, "input", kBytes, true},
    {10, "attr", kMessage, true, &kAttrEntry},
    {20, "has_out_attr", kBool},
    {21, "id", kInt},
    {22, "stream_id", kInt},
    {23, "input_name", kBytes, true},
    {24, "src_name", kBytes, true},
    {25, "src_index", kInt, true},
    {26, "dst_name", kBytes, true},
    {27, "dst_index", kInt, true},
    {28, "input_i", kInt, true},
    {29, "output_i", kInt, true},
    {30, "workspace", kInt, true, nullptr, {}, true},
    {31, "workspace_bytes", kInt, true, nullptr, {}, true},
    {32, "is_input_const", kBool, true},
    {33, "input_desc", kMessage, true, &kTensorDesc},
    {34, "output_desc", kMessage, true, &kTensorDesc},
    {35, "subgraph_name", kBytes, true},
};
constexpr MessageSchema kOp{"OpDef", kOpFields};

constexpr FieldSchema kGraphFields[] = {
    {1, "name", kBytes},
    {4, "input", kBytes, true},
    {5, "output", kBytes, true, nullptr, {}, true},
    {6, "op", kMessage, true, &kOp},
    {11, "attr", kMessage, true, &kAttrEntry},
};
constexpr MessageSchema kGraph{"GraphDef", kGraphFields};

constexpr FieldSchema kModelFields[] = {
    {1, "name", kBytes},
    {2, "version", kUint},
    {3, "custom_version", kBytes},
    {7, "graph", kMessage, true, &kGraph},
    {11, "attr", kMessage, true, &kAttrEntry},
};
constexpr MessageSchema kModel{"ModelDef", kModelFields};

}  // namespace

const MessageSchema& om_model_schema() {
  return kModel;
}

}  // namespace poacl::atc
