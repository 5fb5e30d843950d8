#include "om/om_attrs.h"

#include <fmt/format.h>

#include "om/graph_reader.h"
#include "om/graph_writer.h"
#include "om/om_codes.h"
#include "om/om_dtype.h"

namespace poacl::om {
namespace {

using List = AttrDef::ListValue;

struct Encoder {
  WeightsOut& weights;
  AttrDef* out;

  Status operator()(int64_t value) const {
    out->set_i(value);
    return {};
  }
  Status operator()(float value) const {
    out->set_f(value);
    return {};
  }
  Status operator()(bool value) const {
    out->set_b(value);
    return {};
  }
  Status operator()(const std::string& value) const {
    out->set_s(value);
    return {};
  }
  Status operator()(const std::vector<int64_t>& values) const {
    List* list = out->mutable_list();
    list->set_val_type(List::INT);
    list->mutable_i()->Add(values.begin(), values.end());
    return {};
  }
  Status operator()(const std::vector<float>& values) const {
    List* list = out->mutable_list();
    list->set_val_type(List::FLOAT);
    list->mutable_f()->Add(values.begin(), values.end());
    return {};
  }
  Status operator()(const std::vector<std::string>& values) const {
    List* list = out->mutable_list();
    list->set_val_type(List::STRING);
    for (const std::string& value : values) list->add_s(value);
    return {};
  }
  Status operator()(DataType value) const {
    out->set_dt(static_cast<int64_t>(value));
    return {};
  }
  Status operator()(const Tensor& tensor) const {
    TensorDef* def = out->mutable_t();
    def->mutable_desc()->set_dtype(message_dtype(tensor.dtype));
    def->mutable_desc()->mutable_shape()->mutable_dim()->Add(tensor.dims.begin(),
                                                             tensor.dims.end());
    def->mutable_desc()->set_layout("ND");
    def->set_data(tensor.buffer.data(), tensor.buffer.size());
    return {};
  }
  Status operator()(const std::shared_ptr<const Graph>& graph) const {
    if (graph == nullptr) return Status(kInternal, "an attribute holds a null graph");
    return encode_graph(*graph, {}, weights, out->mutable_g());
  }
};

Result<AttrValue> decode_list(const List& list) {
  // The kind of an empty list is told by val_type alone; old writers leave it out.
  if (list.val_type() == List::FLOAT || (list.val_type() == List::NONE && list.f_size() != 0)) {
    return AttrValue(std::vector<float>(list.f().begin(), list.f().end()));
  }
  if (list.val_type() == List::STRING || (list.val_type() == List::NONE && list.s_size() != 0)) {
    return AttrValue(std::vector<std::string>(list.s().begin(), list.s().end()));
  }
  if (list.val_type() == List::INT || list.val_type() == List::NONE) {
    return AttrValue(std::vector<int64_t>(list.i().begin(), list.i().end()));
  }
  return Status(kParamInvalid, fmt::format("is a list of kind {}, which no operator here uses",
                                           static_cast<int>(list.val_type())));
}

}  // namespace

Status encode_attr(const AttrValue& value, WeightsOut& weights, AttrDef* out) {
  return std::visit(Encoder{weights, out}, value);
}

Result<AttrValue> decode_attr(const AttrDef& attr, const ReadContext& context, int depth) {
  switch (attr.value_case()) {
    case AttrDef::kI:
      return AttrValue(static_cast<int64_t>(attr.i()));
    case AttrDef::kF:
      return AttrValue(attr.f());
    case AttrDef::kB:
      return AttrValue(attr.b());
    case AttrDef::kS:
      return AttrValue(attr.s());
    case AttrDef::kList:
      return decode_list(attr.list());
    case AttrDef::kDt: {
      const auto type = dtype_from_acl(attr.dt());
      if (!type) return Status(kParamInvalid, fmt::format("names unknown data type {}", attr.dt()));
      return AttrValue(*type);
    }
    case AttrDef::kT: {
      POACL_ASSIGN_OR_RETURN(Tensor tensor, decode_tensor(attr.t(), context));
      return AttrValue(std::move(tensor));
    }
    case AttrDef::kG: {
      auto graph = std::make_shared<Graph>();
      POACL_RETURN_IF_ERROR(decode_graph(attr.g(), context, depth + 1, graph.get()));
      return AttrValue(std::shared_ptr<const Graph>(std::move(graph)));
    }
    case AttrDef::kBt:
    case AttrDef::kListListInt:
    case AttrDef::VALUE_NOT_SET:
      break;
  }
  return Status(kParamInvalid, "has no value of a known kind");
}

AttrDef& add_attr(AttrList* attrs, std::string_view name) {
  NamedAttr* attr = attrs->Add();
  attr->set_key(std::string(name));
  return *attr->mutable_value();
}

void add_int(AttrList* attrs, std::string_view name, int64_t value) {
  add_attr(attrs, name).set_i(value);
}

void add_string(AttrList* attrs, std::string_view name, std::string_view value) {
  add_attr(attrs, name).set_s(std::string(value));
}

void add_strings(AttrList* attrs, std::string_view name, const std::vector<std::string>& values) {
  List* list = add_attr(attrs, name).mutable_list();
  list->set_val_type(List::STRING);
  for (const std::string& value : values) list->add_s(value);
}

void add_ints(AttrList* attrs, std::string_view name, const std::vector<int64_t>& values) {
  List* list = add_attr(attrs, name).mutable_list();
  list->set_val_type(List::INT);
  list->mutable_i()->Add(values.begin(), values.end());
}

const AttrDef* find_attr(const AttrList& attrs, std::string_view name) {
  for (auto it = attrs.rbegin(); it != attrs.rend(); ++it) {
    if (it->key() == name) return &it->value();
  }
  return nullptr;
}

int64_t attr_int(const AttrList& attrs, std::string_view name, int64_t fallback) {
  const AttrDef* attr = find_attr(attrs, name);
  return attr != nullptr && attr->value_case() == AttrDef::kI ? attr->i() : fallback;
}

std::string attr_string(const AttrList& attrs, std::string_view name) {
  const AttrDef* attr = find_attr(attrs, name);
  return attr != nullptr && attr->value_case() == AttrDef::kS ? attr->s() : std::string();
}

}  // namespace poacl::om
