// Attribute values between the graph and the model message.
//
// Kinds: int64 <-> i, float <-> f, bool <-> b, string <-> s, lists <-> list with val_type, DataType
// <-> dt, Tensor <-> t with inline data, Graph <-> g. Kinds of genuine files that a graph cannot
// hold are refused by the reader of our own files and skipped when a genuine file is described.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "base/tensor.h"
#include "ge.pb.h"

namespace poacl::om {

class WeightsOut;
struct ReadContext;

// Sets `out` to the value; subgraph constants go to `weights`.
Status encode_attr(const AttrValue& value, WeightsOut& weights, AttrDef* out);

// `depth` counts nested graphs. Tensors with inline data are copied, others alias the weights.
Result<AttrValue> decode_attr(const AttrDef& attr, const ReadContext& context, int depth);

// Helpers for attributes this layer adds itself.
using AttrList = google::protobuf::RepeatedPtrField<NamedAttr>;
AttrDef& add_attr(AttrList* attrs, std::string_view name);
void add_int(AttrList* attrs, std::string_view name, int64_t value);
void add_string(AttrList* attrs, std::string_view name, std::string_view value);
void add_strings(AttrList* attrs, std::string_view name, const std::vector<std::string>& values);
void add_ints(AttrList* attrs, std::string_view name, const std::vector<int64_t>& values);

// Null when absent; of several with one name the last counts, as in any map on the wire.
const AttrDef* find_attr(const AttrList& attrs, std::string_view name);
int64_t attr_int(const AttrList& attrs, std::string_view name, int64_t fallback = 0);
std::string attr_string(const AttrList& attrs, std::string_view name);

}  // namespace poacl::om
