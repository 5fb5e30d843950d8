// The text form of protobuf messages, as far as dumps of models use it.
#include <charconv>
#include <cstdlib>
#include <optional>

#include <fmt/format.h>

#include "atc/message_json.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using nlohmann::json;

constexpr int kMaxDepth = 100;

enum class TokenKind : uint8_t { kEnd, kWord, kString, kSign };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  int line = 1;
};

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { advance(); }

  const Token& token() const { return token_; }

  void advance() {
    skip_blanks();
    token_ = Token{TokenKind::kEnd, "", line_};
    if (at_ == text_.size()) return;
    const char c = text_[at_];
    if (c == '"' || c == '\'') {
      token_.kind = TokenKind::kString;
      read_string(c);
    } else if (is_word(c)) {
      token_.kind = TokenKind::kWord;
      while (at_ < text_.size() && is_word(text_[at_])) token_.text += text_[at_++];
    } else {
      token_.kind = TokenKind::kSign;
      token_.text = text_[at_++];
    }
  }

  bool take_sign(char c) {
    if (token_.kind != TokenKind::kSign || token_.text[0] != c) return false;
    advance();
    return true;
  }

 private:
  static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '.' || c == '-' || c == '+';
  }

  void skip_blanks() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '#') {
        while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      } else if (c == '\n') {
        ++line_;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  // An unfinished string makes a sign that no rule takes.
  void read_string(char quote) {
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        read_escape();
      } else {
        token_.text += text_[at_++];
      }
    }
    if (at_ < text_.size() && text_[at_] == quote) {
      ++at_;
    } else {
      token_ = Token{TokenKind::kSign, std::string(1, quote), line_};
    }
  }

  void read_escape() {
    const char c = text_[at_++];
    if (is_octal(c)) {
      int value = c - '0';
      for (int i = 0; i < 2 && at_ < text_.size() && is_octal(text_[at_]); ++i) {
        value = value * 8 + (text_[at_++] - '0');
      }
      token_.text += static_cast<char>(value);
    } else if (c == 'x' && at_ < text_.size() && hex_value(text_[at_]) >= 0) {
      int value = 0;
      for (int i = 0; i < 2 && at_ < text_.size() && hex_value(text_[at_]) >= 0; ++i) {
        value = value * 16 + hex_value(text_[at_++]);
      }
      token_.text += static_cast<char>(value);
    } else {
      constexpr std::string_view kLetters = "nrtabfv";
      constexpr std::string_view kBytes = "\n\r\t\a\b\f\v";
      const size_t index = kLetters.find(c);
      token_.text += index == std::string_view::npos ? c : kBytes[index];
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  Token token_;
};

template <typename T>
std::optional<T> whole_number(const std::string& text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  T value = 0;
  const char* begin = text.data() + (hex ? 2 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value, hex ? 16 : 10);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<json> integer(const std::string& text, bool is_unsigned) {
  if (is_unsigned) {
    const auto value = whole_number<uint64_t>(text);
    return value ? std::optional<json>(*value) : std::nullopt;
  }
  const auto value = whole_number<int64_t>(text);
  return value ? std::optional<json>(*value) : std::nullopt;
}

std::optional<json> scalar(const FieldSchema& field, const Token& token, const JsonForm& form) {
  if (field.kind == FieldKind::kBytes) {
    if (token.kind != TokenKind::kString) return std::nullopt;
    return json(c_escaped(token.text));
  }
  if (token.kind != TokenKind::kWord) return std::nullopt;
  switch (field.kind) {
    case FieldKind::kBool:
      if (token.text == "true" || token.text == "1") return json(true);
      if (token.text == "false" || token.text == "0") return json(false);
      return std::nullopt;
    case FieldKind::kEnum:
      for (const EnumName& name : field.names) {
        if (name.name == token.text) return enum_json(field, name.number, form);
      }
      if (const auto number = whole_number<int64_t>(token.text)) {
        return enum_json(field, *number, form);
      }
      return std::nullopt;
    case FieldKind::kFloat:
    case FieldKind::kDouble: {
      char* end = nullptr;
      const double value = std::strtod(token.text.c_str(), &end);
      const std::string_view rest(end);
      if (end == token.text.c_str() || !(rest.empty() || rest == "f")) return std::nullopt;
      return float_json(field.kind == FieldKind::kFloat ? static_cast<float>(value) : value,
                        field.repeated);
    }
    default:
      return integer(token.text, field.kind == FieldKind::kUint);
  }
}

class Parser {
 public:
  Parser(std::string_view text, const JsonForm& form) : lexer_(text), form_(form) {}

  // Up to the closing sign, which is taken; 0: to the end of the text. Null schema: passes over a
  // message that is not known.
  Result<json> message(const MessageSchema* schema, char closing, int depth) {
    if (depth > kMaxDepth) return error("the messages are nested too deep");
    json object = json::object();
    while (true) {
      if (closing == 0 && lexer_.token().kind == TokenKind::kEnd) return object;
      if (closing != 0 && lexer_.take_sign(closing)) return object;
      if (lexer_.token().kind != TokenKind::kWord) return error("a field name is expected");
      const std::string name = lexer_.token().text;
      lexer_.advance();
      const FieldSchema* field = schema == nullptr ? nullptr : schema->find(name);
      const bool shown = field != nullptr && is_shown(*field, form_);
      POACL_RETURN_IF_ERROR(values(field, depth, shown ? &object : nullptr));
      if (!lexer_.take_sign(',')) lexer_.take_sign(';');
    }
  }

 private:
  Status error(std::string_view why) const {
    const Token& token = lexer_.token();
    return Status(
        onnx_frontend::kImportError,
        fmt::format("line {}: {}, but there is {}", token.line, why,
                    token.kind == TokenKind::kEnd ? "the end of the text"
                                                  : fmt::format("\"{}\"", c_escaped(token.text))));
  }

  // What follows a field's name. `object` null: it is read and dropped.
  Status values(const FieldSchema* field, int depth, json* object) {
    const bool colon = lexer_.take_sign(':');
    if (colon && lexer_.take_sign('[')) {
      if (lexer_.take_sign(']')) return {};
      do {
        POACL_RETURN_IF_ERROR(value(field, depth, object));
      } while (lexer_.take_sign(','));
      return lexer_.take_sign(']') ? Status() : error("a list must end with ]");
    }
    const Token& token = lexer_.token();
    const bool opens =
        token.kind == TokenKind::kSign && (token.text[0] == '{' || token.text[0] == '<');
    if (!colon && !opens) return error("a colon or { is expected");
    return value(field, depth, object);
  }

  Status value(const FieldSchema* field, int depth, json* object) {
    const bool brace = lexer_.take_sign('{');
    if (brace || lexer_.take_sign('<')) {
      if (field != nullptr && field->kind != FieldKind::kMessage) {
        return error(fmt::format("the field {} is no message", field->name));
      }
      POACL_ASSIGN_OR_RETURN(json inner, message(field == nullptr ? nullptr : field->message,
                                                 brace ? '}' : '>', depth + 1));
      put(field, std::move(inner), object);
      return {};
    }
    if (field != nullptr && field->kind == FieldKind::kMessage) {
      return error(fmt::format("the field {} is a message and needs {{", field->name));
    }
    Token token = lexer_.token();
    if (token.kind != TokenKind::kWord && token.kind != TokenKind::kString) {
      return error("a value is expected");
    }
    std::optional<json> parsed = json();
    if (field != nullptr && token.kind == TokenKind::kWord) parsed = scalar(*field, token, form_);
    if (!parsed) return error(fmt::format("the field {} has no such value", field->name));
    lexer_.advance();
    if (token.kind == TokenKind::kString) {
      // Strings that follow each other are one.
      for (; lexer_.token().kind == TokenKind::kString; lexer_.advance()) {
        token.text += lexer_.token().text;
      }
      if (field != nullptr) parsed = scalar(*field, token, form_);
      if (!parsed) return error(fmt::format("the field {} is no text", field->name));
    }
    put(field, *std::move(parsed), object);
    return {};
  }

  static void put(const FieldSchema* field, json value, json* object) {
    if (field == nullptr || object == nullptr) return;
    json& place = (*object)[std::string(field->name)];
    if (field->repeated) {
      place.push_back(std::move(value));
    } else {
      place = std::move(value);
    }
  }

  Lexer lexer_;
  const JsonForm& form_;
};

}  // namespace

Result<json> message_text_to_json(const MessageSchema& schema, std::string_view text,
                                  const JsonForm& form) {
  return Parser(text, form).message(&schema, 0, 0);
}

}  // namespace poacl::atc
