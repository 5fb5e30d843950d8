#include "atc/message_schema.h"

namespace poacl::atc {

const FieldSchema* MessageSchema::find(uint32_t number) const {
  for (const FieldSchema& field : fields) {
    if (field.number == number) return &field;
  }
  return nullptr;
}

const FieldSchema* MessageSchema::find(std::string_view field) const {
  for (const FieldSchema& candidate : fields) {
    if (candidate.name == field) return &candidate;
  }
  return nullptr;
}

}  // namespace poacl::atc
