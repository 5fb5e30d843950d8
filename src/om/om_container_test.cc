// The container as other tools see it: header, table, Netron's rules, foreign files.
#include <cstring>
#include <map>
#include <set>

#include "om/message_parser.h"
#include "om/om_attrs.h"
#include "om/om_container.h"
#include "om/om_image.h"
#include "om/om_test_util.h"

namespace poacl::om {
namespace {

std::string sample_bytes() {
  const OmModel model = sample_model();
  return OmImage::encode(model).value().to_string();
}

template <typename T>
T at(const std::string& bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

Status read_status(const std::string& bytes) {
  return read_om(nullptr, bytes.data(), bytes.size(), "m.om").status();
}

TEST(OmContainer, HeaderAndTableAreThoseOfTheFormat) {
  const std::string bytes = sample_bytes();
  EXPECT_EQ(bytes.substr(0, 4), "IMOD");
  EXPECT_EQ(at<uint32_t>(bytes, 4), 256u);
  EXPECT_EQ(at<uint32_t>(bytes, 8), 0x20000000u);
  EXPECT_EQ(at<uint32_t>(bytes, 76), bytes.size() - 256);
  EXPECT_EQ(bytes[80], 0);
  EXPECT_EQ(bytes[81], 1);
  EXPECT_EQ(bytes.substr(84, 7), std::string("sample\0", 7));
  EXPECT_EQ(at<uint32_t>(bytes, 156), 1u);
  EXPECT_EQ(at<uint64_t>(bytes, 184), bytes.size() - 256);
  EXPECT_EQ(at<uint32_t>(bytes, 256), 4u);
  const uint32_t expected[] = {0, 1, 8, 2};
  uint64_t next = 0;
  for (size_t i = 0; i < 4; ++i) {
    const size_t entry = 264 + i * 24;
    EXPECT_EQ(at<uint32_t>(bytes, entry), expected[i]);
    EXPECT_EQ(at<uint64_t>(bytes, entry + 8), next);
    next += at<uint64_t>(bytes, entry + 16);
  }
  EXPECT_EQ(next + 360, bytes.size());
  // Weights stand on a 512-byte boundary of the file.
  EXPECT_EQ((360 + at<uint64_t>(bytes, 264 + 24 + 8)) % 512, 0u);
  // The narrow form, which some tools try first, sees one type twice and is given up.
  EXPECT_EQ(at<uint32_t>(bytes, 256 + 4), at<uint32_t>(bytes, 256 + 4 + 12));
}

TEST(OmContainer, InoutInfoListsPortsForToolsThatSkipTheGraph) {
  const std::string bytes = sample_bytes();
  const auto container =
      parse_container(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), "m.om");
  ASSERT_TRUE(container.ok());
  const Partition* info = container->find(kModelInoutInfo);
  ASSERT_NE(info, nullptr);
  const std::string block(reinterpret_cast<const char*>(info->data), info->size);
  EXPECT_EQ(at<uint32_t>(block, 0), 0u);     // inputs
  EXPECT_EQ(at<uint32_t>(block, 8), 1u);     // one of them
  EXPECT_EQ(at<uint64_t>(block, 12), 192u);  // bytes
  EXPECT_EQ(at<int32_t>(block, 20), 0);      // NCHW
  EXPECT_EQ(at<int32_t>(block, 24), 0);      // float
  EXPECT_EQ(at<uint32_t>(block, 28), 4u);    // "data"
  EXPECT_EQ(at<uint32_t>(block, 32), 32u);
  EXPECT_EQ(block.substr(44, 4), "data");
  EXPECT_EQ(at<int64_t>(block, 56), 3);
  const size_t outputs = 8 + at<uint32_t>(block, 4);
  EXPECT_EQ(at<uint32_t>(block, outputs), 1u);
  EXPECT_EQ(outputs + 8 + at<uint32_t>(block, outputs + 4), block.size());
  EXPECT_NE(block.find("relu:0:out"), std::string::npos);
}

// The rules under which a viewer of the format accepts the graph (spec: om-format section 7).
TEST(OmContainer, GraphKeepsTheViewersRules) {
  const std::string bytes = sample_bytes();
  const auto container =
      parse_container(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), "m.om");
  ASSERT_TRUE(container.ok());
  const Partition* graph = container->find(kModelDef);
  ParsedModel parsed;
  ASSERT_TRUE(parsed.parse(graph->data, graph->size, "m.om").ok());
  std::map<std::string, const TensorDescriptor*> produced;
  std::set<std::string> types;
  for (const OpDef& op : parsed.model().graph(0).op()) {
    types.insert(op.type());
    EXPECT_EQ(op.input_size(), op.input_desc_size()) << op.name();
    for (int i = 0; i < op.input_size(); ++i) {
      if (op.input(i).empty()) continue;
      ASSERT_TRUE(produced.contains(op.input(i))) << op.input(i);
      const TensorDescriptor& made = *produced[op.input(i)];
      EXPECT_EQ(made.dtype(), op.input_desc(i).dtype()) << op.input(i);
      EXPECT_NE(made.dtype(), 0);
      EXPECT_EQ(made.shape().SerializeAsString(), op.input_desc(i).shape().SerializeAsString());
    }
    for (int i = 0; i < op.output_desc_size(); ++i) {
      produced[op.name() + ":" + std::to_string(i)] = &op.output_desc(i);
    }
    for (const NamedAttr& attr : op.attr()) {
      EXPECT_NE(attr.value().value_case(), AttrDef::VALUE_NOT_SET) << attr.key();
      EXPECT_NE(attr.key()[0], '\0');
    }
    if (op.type() == "Const") {
      const AttrDef* value = find_attr(op.attr(), "value");
      ASSERT_NE(value, nullptr);
      EXPECT_GT(value->t().desc().weight_size(), 0);
      EXPECT_EQ(attr_int(value->t().desc().attr(), "merged_offset", -1),
                value->t().desc().data_offset());
    }
  }
  EXPECT_TRUE(types.contains("Data"));
  EXPECT_TRUE(types.contains("NetOutput"));
  const AttrDef* names = find_attr(parsed.model().attr(), "attr_model_out_nodes_name");
  ASSERT_NE(names, nullptr);
  EXPECT_EQ(names->list().s_size(), 2);
}

TEST(OmContainer, ForeignFilesAreNamed) {
  const struct {
    std::string bytes;
    const char* word;
  } cases[] = {
      {"", "0 bytes"},
      {"IMOD", "256-byte header"},
      {std::string(300, '\0'), "zeros"},
      {"PK\3\4" + std::string(300, 'x'), "zip"},
      {"PICO" + std::string(300, 'x'), "PICO"},
      {"\x7f"
       "ELF" +
           std::string(300, 'x'),
       "program"},
      {"\x08\x07\x12\x07pytorch" + std::string(300, 'x'), "ONNX"},
      {std::string(300, 'x'), "IMOD"},
  };
  for (const auto& c : cases) {
    const Status status = read_status(c.bytes);
    EXPECT_EQ(status.code(), 145006) << c.word;
    EXPECT_NE(status.message().find(c.word), std::string::npos) << status.message();
    EXPECT_NE(status.message().find("m.om"), std::string::npos) << status.message();
  }
}

TEST(OmContainer, DamageHasItsDocumentedCode) {
  const std::string good = sample_bytes();
  EXPECT_EQ(read_status(good).code(), 0);
  EXPECT_EQ(read_status(good.substr(0, 255)).code(), 145006);
  EXPECT_EQ(read_status(good.substr(0, good.size() - 1)).code(), 145006);
  EXPECT_EQ(read_status(good + "x").code(), 145006);
  std::string encrypted = good;
  encrypted[80] = 1;
  EXPECT_EQ(read_status(encrypted).code(), 145000);
  EXPECT_NE(read_status(encrypted).message().find("encrypted"), std::string::npos);
  for (const uint32_t count : {0u, 9u, 0xffffffffu}) {
    std::string table = good;
    std::memcpy(table.data() + 256, &count, 4);
    EXPECT_EQ(read_status(table).code(), 145000);
  }
  std::string gap = good;
  gap[264 + 24 + 8] = static_cast<char>(gap[264 + 24 + 8] + 1);
  EXPECT_EQ(read_status(gap).code(), 145000);
  std::string packed = good;
  packed[packed.find("POACLPK1") + 70] ^= 1;
  EXPECT_EQ(read_status(packed).code(), 145000);
  EXPECT_NE(read_status(packed).message().find("checksum"), std::string::npos);
}

TEST(OmContainer, MissingFileAndDirectory) {
  const ScratchFolder folder;
  EXPECT_EQ(read_om_file(folder.file("none.om")).status().code(), 145002);
  EXPECT_EQ(read_om_file(folder.path()).status().code(), 145002);
}

}  // namespace
}  // namespace poacl::om
