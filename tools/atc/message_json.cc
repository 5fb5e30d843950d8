#include "atc/message_json.h"

#include <cstring>
#include <optional>

#include <fmt/format.h>

#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 100;

enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

Status broken(const MessageSchema& schema, std::string_view why) {
  return Status(onnx_frontend::kImportError,
                fmt::format("its {} cannot be decoded: {}", schema.name, why));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool done() const { return rest_.empty(); }

  std::optional<uint64_t> varint() {
    uint64_t value = 0;
    for (size_t i = 0; i < rest_.size() && i < 10; ++i) {
      const auto byte = static_cast<unsigned char>(rest_[i]);
      value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        rest_.remove_prefix(i + 1);
        return value;
      }
    }
    return std::nullopt;
  }

  std::optional<std::string_view> take(uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const std::string_view piece = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return piece;
  }

  template <typename T>
  std::optional<T> fixed() {
    const auto bytes = take(sizeof(T));
    if (!bytes) return std::nullopt;
    T value;
    std::memcpy(&value, bytes->data(), sizeof(value));
    return value;
  }

 private:
  std::string_view rest_;
};

uint32_t wire_type(FieldKind kind) {
  switch (kind) {
    case FieldKind::kFloat:
      return kFixed32;
    case FieldKind::kDouble:
      return kFixed64;
    case FieldKind::kBytes:
    case FieldKind::kMessage:
      return kBytes;
    default:
      return kVarint;
  }
}

std::optional<json> number(Reader& reader, const FieldSchema& field, const JsonForm& form) {
  if (field.kind == FieldKind::kFloat) {
    const auto value = reader.fixed<float>();
    if (!value) return std::nullopt;
    return float_json(*value, field.repeated);
  }
  if (field.kind == FieldKind::kDouble) {
    const auto value = reader.fixed<double>();
    if (!value) return std::nullopt;
    return float_json(*value, field.repeated);
  }
  const auto value = reader.varint();
  if (!value) return std::nullopt;
  switch (field.kind) {
    case FieldKind::kBool:
      return json(*value != 0);
    case FieldKind::kUint:
      return json(*value);
    case FieldKind::kEnum:
      return enum_json(field, static_cast<int64_t>(*value), form);
    default:
      return json(static_cast<int64_t>(*value));
  }
}

class Decoder {
 public:
  explicit Decoder(const JsonForm& form) : form_(form) {}

  Result<json> message(const MessageSchema& schema, std::string_view bytes, int depth) {
    if (depth > kMaxDepth) return broken(schema, "it is nested too deep");
    json object = json::object();
    Reader reader(bytes);
    while (!reader.done()) {
      const auto tag = reader.varint();
      if (!tag || *tag >> 3 == 0 || *tag > UINT32_MAX) return broken(schema, "a field has no tag");
      const FieldSchema* field = schema.find(static_cast<uint32_t>(*tag >> 3));
      const auto type = static_cast<uint32_t>(*tag & 7);
      const bool known = field != nullptr && is_shown(*field, form_);
      const bool packed = known && field->repeated && type == kBytes &&
                          wire_type(field->kind) != static_cast<uint32_t>(kBytes);
      if (!known || (type != wire_type(field->kind) && !packed)) {
        if (!skip(reader, type)) return broken(schema, "it ends within a field");
        continue;
      }
      POACL_RETURN_IF_ERROR(add(schema, *field, packed, reader, depth, object));
    }
    return object;
  }

 private:
  static bool skip(Reader& reader, uint32_t type) {
    switch (type) {
      case kVarint:
        return reader.varint().has_value();
      case kFixed64:
        return reader.take(8).has_value();
      case kFixed32:
        return reader.take(4).has_value();
      case kBytes: {
        const auto size = reader.varint();
        return size && reader.take(*size);
      }
      default:
        return false;
    }
  }

  Status add(const MessageSchema& schema, const FieldSchema& field, bool packed, Reader& reader,
             int depth, json& object) {
    const std::string name(field.name);
    const auto put = [&](json value) {
      if (field.repeated) {
        object[name].push_back(std::move(value));
      } else {
        object[name] = std::move(value);
      }
    };
    if (wire_type(field.kind) != kBytes && !packed) {
      std::optional<json> value = number(reader, field, form_);
      if (!value) return broken(schema, fmt::format("it ends within the field {}", name));
      put(*std::move(value));
      return {};
    }
    const auto size = reader.varint();
    const auto bytes = size ? reader.take(*size) : std::nullopt;
    if (!bytes) return broken(schema, fmt::format("it ends within the field {}", name));
    if (field.kind == FieldKind::kBytes) {
      put(c_escaped(*bytes));
      return {};
    }
    if (field.kind == FieldKind::kMessage) {
      POACL_ASSIGN_OR_RETURN(json value, message(*field.message, *bytes, depth + 1));
      put(std::move(value));
      return {};
    }
    for (Reader list(*bytes); !list.done();) {
      std::optional<json> value = number(list, field, form_);
      if (!value) return broken(schema, fmt::format("it ends within the list {}", name));
      put(*std::move(value));
    }
    return {};
  }

  const JsonForm& form_;
};

}  // namespace

json enum_json(const FieldSchema& field, int64_t number, const JsonForm& form) {
  if (!form.complete) {
    for (const EnumName& name : field.names) {
      if (name.number == number) return json(std::string(name.name));
    }
  }
  return json(number);
}

json float_json(double value, bool in_list) {
  if (in_list) return json(value);
  return json(fmt::format("{:g}", value));
}

std::string c_escaped(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      text += "\\n";
    } else if (c == '\r') {
      text += "\\r";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '"' || c == '\'' || c == '\\') {
      text += {'\\', c};
    } else if (byte < 0x20 || byte > 0x7e) {
      text += fmt::format("\\{:03o}", byte);
    } else {
      text += c;
    }
  }
  return text;
}

Result<json> message_to_json(const MessageSchema& schema, std::string_view bytes,
                             const JsonForm& form) {
  return Decoder(form).message(schema, bytes, 0);
}

}  // namespace poacl::atc
