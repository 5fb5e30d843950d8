// A message as JSON in the form of atc --mode=1 (spec: atc section 8): map entries are lists of
// {"key": ..., "value": {...}}, bytes are text with C escapes, a float of its own is text with six
// significant digits and one in a list a number, what is not set is left out.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "atc/message_schema.h"
#include "base/status.h"

namespace poacl::atc {

struct JsonForm {
  // Also the fields that are left out otherwise, and numbers where enums
  // have names: the form of --dump_mode=1.
  bool complete = false;
};

// Decodes the wire form. Fields that the schema does not know are passed over. 145000 with a
// sentence when the bytes are no such message or are nested deeper than 100 levels.
Result<nlohmann::json> message_to_json(const MessageSchema& schema, std::string_view bytes,
                                       const JsonForm& form = {});

// The same for the text form of a message ("name: value" and "name { ... }"); the sentence of an
// error names the line.
Result<nlohmann::json> message_text_to_json(const MessageSchema& schema, std::string_view text,
                                            const JsonForm& form = {});

// Pieces of both: whether a field is shown, and its value. A value that stands alone is not one of
// a list.
inline bool is_shown(const FieldSchema& field, const JsonForm& form) {
  return form.complete || !field.left_out;
}
nlohmann::json enum_json(const FieldSchema& field, int64_t number, const JsonForm& form);
nlohmann::json float_json(double value, bool in_list);
std::string c_escaped(std::string_view bytes);

}  // namespace poacl::atc
