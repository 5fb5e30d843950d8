#include "om/attr_compression.h"

#include <optional>

#include "om/om_attrs.h"

namespace poacl::om {
namespace {

constexpr uint64_t kBase = 127;

// Index of a compressed name: a zero byte, then base-127 digits, least significant first, each
// stored one higher.
std::optional<uint64_t> compressed_index(const std::string& name) {
  if (name.size() < 2 || name.size() > 6 || name[0] != '\0') return std::nullopt;
  uint64_t index = 0;
  uint64_t scale = 1;
  for (size_t i = 1; i < name.size(); ++i, scale *= kBase) {
    const auto digit = static_cast<unsigned char>(name[i]);
    if (digit == 0 || digit > kBase) return std::nullopt;
    index += (digit - 1) * scale;
  }
  return index;
}

class Expander {
 public:
  Expander(const AttrDef& names, const AttrDef* values, const AttrDef* uses_value)
      : names_(names.list()) {
    if (values != nullptr) values_ = &values->list();
    if (uses_value != nullptr) uses_value_ = &uses_value->list();
  }

  void expand(AttrList* attrs) const {
    for (NamedAttr& attr : *attrs) {
      const auto index = compressed_index(attr.key());
      if (!index || *index >= static_cast<uint64_t>(names_.s_size())) continue;
      const int i = static_cast<int>(*index);
      attr.set_key(names_.s(i));
      if (uses_value_ != nullptr && i < uses_value_->b_size() && uses_value_->b(i)) {
        expand_value(attr.mutable_value());
      }
    }
  }

 private:
  const std::string* value_at(int64_t index) const {
    if (values_ == nullptr || index < 0 || index >= values_->s_size()) return nullptr;
    return &values_->s(static_cast<int>(index));
  }

  void expand_value(AttrDef* attr) const {
    if (attr->value_case() == AttrDef::kI) {
      if (const std::string* text = value_at(attr->i())) attr->set_s(*text);
    } else if (attr->value_case() == AttrDef::kList) {
      AttrDef::ListValue* list = attr->mutable_list();
      for (const int64_t index : list->i()) {
        const std::string* text = value_at(index);
        list->add_s(text != nullptr ? *text : std::string());
      }
      list->clear_i();
      list->set_val_type(AttrDef::ListValue::STRING);
    }
  }

  const AttrDef::ListValue& names_;
  const AttrDef::ListValue* values_ = nullptr;
  const AttrDef::ListValue* uses_value_ = nullptr;
};

}  // namespace

void undo_attr_compression(ModelDef& model) {
  const AttrDef* names = find_attr(model.attr(), "attr_name_enum");
  if (attr_int(model.attr(), "om_compress_version") != 1 || names == nullptr) return;
  const Expander expander(*names, find_attr(model.attr(), "attr_value_enum"),
                          find_attr(model.attr(), "attrs_use_string_value"));
  for (GraphDef& graph : *model.mutable_graph()) {
    for (OpDef& op : *graph.mutable_op()) {
      expander.expand(op.mutable_attr());
      for (TensorDescriptor& desc : *op.mutable_input_desc()) expander.expand(desc.mutable_attr());
      for (TensorDescriptor& desc : *op.mutable_output_desc()) {
        expander.expand(desc.mutable_attr());
      }
    }
  }
}

}  // namespace poacl::om
