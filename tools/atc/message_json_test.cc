#include "atc/message_json.h"

#include <gtest/gtest.h>

namespace poacl::atc {
namespace {

using nlohmann::json;

std::string field(uint32_t number, uint32_t wire) {
  std::string bytes;
  for (uint32_t tag = number << 3 | wire;; tag >>= 7) {
    bytes += static_cast<char>(tag > 0x7f ? (tag & 0x7f) | 0x80 : tag);
    if (tag <= 0x7f) return bytes;
  }
}

std::string text(uint32_t number, const std::string& value) {
  return field(number, 2) + static_cast<char>(value.size()) + value;
}

// The same for up to 16383 bytes.
std::string long_text(uint32_t number, const std::string& value) {
  const std::string size = {static_cast<char>((value.size() & 0x7f) | 0x80),
                            static_cast<char>(value.size() >> 7)};
  return field(number, 2) + size + value;
}

std::string number(uint32_t number, char value) {
  return field(number, 0) + value;
}

// An attribute entry of the model with that value.
std::string attr(const std::string& key, const std::string& value) {
  return text(11, text(1, key) + text(2, value));
}

json decoded(const std::string& bytes, const JsonForm& form = {}) {
  const auto result = message_to_json(om_model_schema(), bytes, form);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? *result : json();
}

json value_of(const std::string& value) {
  return decoded(attr("k", value)).at("attr").at(0).at("value");
}

TEST(MessageJson, MapsAreListsAndKindsHaveTheirForms) {
  EXPECT_EQ(decoded(text(1, "net") + number(2, 2)), (json{{"name", "net"}, {"version", 2}}));
  EXPECT_EQ(decoded(attr("k", number(3, 7))),
            (json{{"attr", {{{"key", "k"}, {"value", {{"i", 7}}}}}}}));
  EXPECT_EQ(value_of(field(3, 0) + std::string(9, '\xff') + "\x01"), (json{{"i", -1}}));
  EXPECT_EQ(value_of(number(5, 0)), (json{{"b", false}}));
  EXPECT_EQ(value_of(field(4, 5) + std::string("\xcd\xcc\xcc\x3d", 4)), (json{{"f", "0.1"}}));
}

TEST(MessageJson, ListsArePackedOrNot) {
  const std::string packed = text(1, text(3, std::string("\x01\x02\x96\x01", 4)) + number(20, 2));
  const std::string single = text(1, number(3, 1) + number(3, 2) + number(20, 2));
  EXPECT_EQ(value_of(packed), (json{{"list", {{"i", {1, 2, 150}}, {"val_type", "VT_LIST_INT"}}}}));
  EXPECT_EQ(value_of(single), (json{{"list", {{"i", {1, 2}}, {"val_type", "VT_LIST_INT"}}}}));
  const std::string floats = text(1, text(4, std::string("\0\0\xc0\x3f", 4)));
  EXPECT_EQ(value_of(floats), (json{{"list", {{"f", {1.5}}}}}));
}

TEST(MessageJson, BytesAreEscaped) {
  EXPECT_EQ(value_of(text(2, std::string("a\n\"\0\xc3", 5))), (json{{"s", "a\\n\\\"\\000\\303"}}));
  EXPECT_EQ(c_escaped("\t\r'\\\x7f"), "\\t\\r\\'\\\\\\177");
}

TEST(MessageJson, WeightsAndSizesAreLeftOutUnlessAskedFor) {
  const std::string desc = number(2, 1) + number(10, 64) + number(11, 64) + number(18, 8);
  const std::string tensor = text(12, text(1, desc) + text(2, "data"));
  EXPECT_EQ(value_of(tensor), (json{{"t", {{"desc", {{"dtype", "DT_FLOAT"}}}}}}));
  const json complete = decoded(attr("k", tensor), {.complete = true});
  EXPECT_EQ(
      complete["attr"][0]["value"]["t"],
      (json{{"data", "data"},
            {"desc", {{"dtype", 1}, {"size", 64}, {"weight_size", 64}, {"data_offset", 8}}}}));
}

TEST(MessageJson, UnknownFieldsAndNumbersArePassedOver) {
  const std::string unknown = number(90, 1) + text(91, "x") + field(92, 1) + std::string(8, 'x') +
                              field(93, 5) + std::string(4, 'x');
  EXPECT_EQ(decoded(unknown + text(1, "net") + unknown), (json{{"name", "net"}}));
  EXPECT_EQ(decoded(number(1, 5)), json::object()) << "a known field of another wire type";
  const std::string op = text(33, number(2, 99));
  EXPECT_EQ(decoded(text(7, text(6, op)))["graph"][0]["op"][0]["input_desc"][0]["dtype"], 99);
}

TEST(MessageJson, BrokenMessagesAreRefused) {
  const std::string good = text(7, text(6, text(1, "op"))) + attr("k", number(3, 7));
  size_t refused = 0;
  for (size_t size = 1; size < good.size(); ++size) {
    const auto result = message_to_json(om_model_schema(), good.substr(0, size));
    if (!result.ok()) {
      ++refused;
      EXPECT_FALSE(result.status().message().empty());
    }
  }
  EXPECT_GT(refused, good.size() / 2);
  EXPECT_FALSE(message_to_json(om_model_schema(), std::string("\x0b", 1)).ok()) << "a group";
  EXPECT_FALSE(message_to_json(om_model_schema(), std::string("\x02\x00", 2)).ok()) << "field 0";
  std::string deep;
  for (int i = 0; i < 60; ++i) {
    deep = long_text(13, long_text(11, long_text(1, "k") + long_text(2, deep)));
  }
  const std::string model = long_text(11, long_text(1, "k") + long_text(2, deep));
  const auto result = message_to_json(om_model_schema(), model);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.status().message().find("nested too deep"), std::string_view::npos);
}

json parsed(std::string_view dump, const JsonForm& form = {}) {
  const auto result = message_text_to_json(om_model_schema(), dump, form);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? *result : json();
}

TEST(MessageText, EveryFormOfAValue) {
  EXPECT_EQ(parsed("name: \"net\"  version: 2 # end"), (json{{"name", "net"}, {"version", 2}}));
  EXPECT_EQ(parsed("graph { op < name: 'a' \"b\" id: -3, has_out_attr: true; > }"),
            (json{{"graph", {{{"op", {{{"name", "ab"}, {"id", -3}, {"has_out_attr", true}}}}}}}}));
  const json op = parsed(
      "graph { op { src_index: [1, 0x10] src_index: 3 input: [] "
      "output_desc { dtype: DT_INT8 } output_desc { dtype: 77 } } }")["graph"][0]["op"][0];
  EXPECT_EQ(op["src_index"], (json{1, 16, 3}));
  EXPECT_FALSE(op.contains("input"));
  EXPECT_EQ(op["output_desc"], (json{{{"dtype", "DT_INT8"}}, {{"dtype", 77}}}));
  EXPECT_EQ(parsed("attr { key: \"k\\303\\x41\\n\" value { f: 1e-1f } }")["attr"],
            (json{{{"key", "k\\303A\\n"}, {"value", {{"f", "0.1"}}}}}));
}

TEST(MessageText, UnknownFieldsArePassedOver) {
  EXPECT_EQ(parsed("more { a: 1 b { c: \"x\" d: [1, 2] } } name: \"n\" other: -inf"),
            (json{{"name", "n"}}));
  EXPECT_EQ(parsed("graph { output: \"x\" name: \"g\" }"), (json{{"graph", {{{"name", "g"}}}}}));
}

TEST(MessageText, ErrorsNameTheLine) {
  for (const char* wrong :
       {"\nname \"x\"", "\nname: ", "\nname: 5", "\nversion: \"2\"", "\nversion: -1",
        "\ngraph { name: \"g\"", "\nname: \"open", "\nname { }", "\n}", "\ngraph: 1",
        "\nversion: 99999999999999999999", "\ngraph { op { id: [1 2] } }", "\n: 1"}) {
    const auto result = message_text_to_json(om_model_schema(), wrong);
    ASSERT_FALSE(result.ok()) << wrong;
    EXPECT_EQ(result.status().message().rfind("line 2: ", 0), 0u) << result.status().message();
  }
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "x { ";
  EXPECT_FALSE(message_text_to_json(om_model_schema(), deep).ok());
}

}  // namespace
}  // namespace poacl::atc
