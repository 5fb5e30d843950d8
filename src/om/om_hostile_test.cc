// Files made to harm the reader, and random damage with a fixed seed. Whatever the bytes, the
// reader returns a model or a documented code.
#include <cstring>
#include <functional>
#include <random>

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

// Reads; a model that was accepted must be one that can be written again.
void expect_clean(const std::string& bytes) {
  const auto model = read_om(nullptr, bytes.data(), bytes.size(), "m.om");
  if (!model.ok()) {
    const int32_t code = model.status().code();
    EXPECT_TRUE(code == 145000 || code == 145006) << code;
    EXPECT_FALSE(model.status().message().empty());
    return;
  }
  EXPECT_TRUE(OmImage::encode(*model).ok());
}

// The sample with its message changed and everything else rebuilt around it.
std::string with_message(const std::function<void(ModelDef&)>& change) {
  const std::string good = sample_bytes();
  const auto container =
      parse_container(reinterpret_cast<const std::byte*>(good.data()), good.size(), "m.om");
  const Partition* graph = container->find(kModelDef);
  ParsedModel parsed;
  EXPECT_TRUE(parsed.parse(graph->data, graph->size, "m.om").ok());
  change(parsed.model());
  std::string message = parsed.model().SerializeAsString();
  // Field 200 is unknown to all: it brings the weights back to their boundary.
  const size_t filler = (512 + 512 - (360 + message.size() + 4) % 512) % 512;
  message += "\xc2\x0c";
  message += static_cast<char>(0x80 | (filler & 0x7f));
  message += static_cast<char>(filler >> 7);
  message.append(filler, '\0');
  std::vector<PartitionSize> table;
  std::string rest;
  for (const Partition& partition : container->partitions) {
    const std::string_view data(reinterpret_cast<const char*>(partition.data), partition.size);
    table.push_back({partition.type, partition.type == kModelDef ? message.size() : data.size()});
    if (partition.type != kModelDef) rest += data;
  }
  return make_container_prefix("sample", 6, "x", table) + message + rest;
}

OpDef& op_named(ModelDef& model, const std::string& name) {
  for (OpDef& op : *model.mutable_graph(0)->mutable_op()) {
    if (op.name() == name) return op;
  }
  ADD_FAILURE() << name;
  return *model.mutable_graph(0)->mutable_op(0);
}

TensorDescriptor& weight_desc(ModelDef& model) {
  return *op_named(model, "conv.weight")
              .mutable_attr(0)
              ->mutable_value()
              ->mutable_t()
              ->mutable_desc();
}

TEST(OmHostile, RebuildingWithoutChangeStillReads) {
  const std::string bytes = with_message([](ModelDef&) {});
  const auto read = read_om(nullptr, bytes.data(), bytes.size(), "m.om");
  EXPECT_TRUE(read.ok()) << read.status().message();
}

TEST(OmHostile, EveryLieInTheGraphIsToldWithItsNumbers) {
  const struct {
    const char* word;
    std::function<void(ModelDef&)> change;
  } cases[] = {
      {"before this one", [](ModelDef& m) { op_named(m, "conv").set_input(0, "relu:0"); }},
      {"before this one", [](ModelDef& m) { op_named(m, "conv").set_input(0, "conv:0"); }},
      {"asks for output 7", [](ModelDef& m) { op_named(m, "relu").set_input(0, "conv:7"); }},
      {"output number", [](ModelDef& m) { op_named(m, "relu").set_input(0, "conv:x"); }},
      {"output number", [](ModelDef& m) { op_named(m, "relu").set_input(0, "conv"); }},
      {"unknown", [](ModelDef& m) { op_named(m, "relu").mutable_output_desc(0)->set_dtype(99); }},
      {"dimensions",
       [](ModelDef& m) {
         op_named(m, "relu").mutable_output_desc(0)->mutable_shape()->set_dim(0, -5);
       }},
      {"larger than any memory",
       [](ModelDef& m) {
         auto* shape = op_named(m, "relu").mutable_output_desc(0)->mutable_shape();
         shape->set_dim(0, int64_t{1} << 40);
         shape->set_dim(1, int64_t{1} << 40);
       }},
      {"larger than any memory",
       [](ModelDef& m) {
         op_named(m, "data").mutable_output_desc(0)->mutable_shape()->set_dim(0, int64_t{1} << 61);
       }},
      {"at most",
       [](ModelDef& m) {
         auto* shape = op_named(m, "relu").mutable_output_desc(0)->mutable_shape();
         for (int i = 0; i < 100; ++i) shape->add_dim(1);
       }},
      {"the name", [](ModelDef& m) { op_named(m, "relu").set_name("conv"); }},
      {"NetOutput", [](ModelDef& m) { op_named(m, "Node_Output").set_type("Relu"); }},
      {"two NetOutput", [](ModelDef& m) { op_named(m, "relu").set_type("NetOutput"); }},
      {"index 5",
       [](ModelDef& m) { op_named(m, "data").mutable_attr(0)->mutable_value()->set_i(5); }},
      {"has no value", [](ModelDef& m) { op_named(m, "conv.weight").clear_attr(); }},
      {"need 60 bytes", [](ModelDef& m) { weight_desc(m).set_weight_size(64); }},
      {"do not lie",
       [](ModelDef& m) {
         weight_desc(m).mutable_attr(0)->mutable_value()->set_i(int64_t{1} << 62);
       }},
      {"do not lie",
       [](ModelDef& m) { weight_desc(m).mutable_attr(0)->mutable_value()->set_i(-64); }},
      {"aligned", [](ModelDef& m) { weight_desc(m).mutable_attr(0)->mutable_value()->set_i(4); }},
      {"need 4611686018427387904",
       [](ModelDef& m) {
         weight_desc(m).mutable_shape()->set_dim(0, int64_t{1} << 60);
         weight_desc(m).mutable_shape()->set_dim(1, 1);
       }},
      {"revision 2",
       [](ModelDef& m) {
         for (NamedAttr& attr : *m.mutable_attr()) {
           if (attr.key() == "poacl_revision") attr.mutable_value()->set_i(2);
         }
       }},
      {"2 graphs", [](ModelDef& m) { m.add_graph(); }},
      {"data type 77",
       [](ModelDef& m) {
         for (NamedAttr& attr : *op_named(m, "conv").mutable_attr()) {
           if (attr.key() == "dst_type") attr.mutable_value()->set_dt(77);
         }
       }},
      {"known kind",
       [](ModelDef& m) { op_named(m, "conv").mutable_attr(0)->mutable_value()->set_bt("x"); }},
  };
  for (const auto& c : cases) {
    const std::string bytes = with_message(c.change);
    const auto read = read_om(nullptr, bytes.data(), bytes.size(), "m.om");
    ASSERT_FALSE(read.ok()) << c.word;
    EXPECT_EQ(read.status().code(), 145000) << c.word;
    EXPECT_NE(read.status().message().find(c.word), std::string::npos)
        << c.word << " / " << read.status().message();
  }
}

TEST(OmHostile, DeepNestingIsRefused) {
  for (const int depth : {9, 500}) {
    const std::string bytes = with_message([depth](ModelDef& m) {
      GraphDef* graph = m.mutable_graph(0);
      for (int i = 0; i < depth; ++i) {
        OpDef* op = graph->add_op();
        op->set_name("nest");
        op->set_type("If");
        OpDef* end = graph->add_op();
        end->set_name("end");
        end->set_type("NetOutput");
        graph = add_attr(op->mutable_attr(), "branch").mutable_g();
      }
      // The main graph keeps its own NetOutput only.
      m.mutable_graph(0)->mutable_op()->RemoveLast();
    });
    const auto read = read_om(nullptr, bytes.data(), bytes.size(), "m.om");
    ASSERT_FALSE(read.ok()) << depth;
    EXPECT_EQ(read.status().code(), 145000);
  }
}

TEST(OmHostile, AMessageThatExpandsWithoutBoundIsRefused) {
  // 4 MB of empty operators would be a gigabyte in memory.
  std::string message;
  for (int i = 0; i < 2'000'000; ++i) message += std::string("\x32\x00", 2);
  const size_t inner = message.size();
  std::string graph = "\x3a";  // field 7: a graph
  for (size_t n = inner;; n >>= 7) {
    graph += static_cast<char>((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
    if (n <= 0x7f) break;
  }
  graph += message;
  ParsedModel parsed;
  const Status status =
      parsed.parse(reinterpret_cast<const std::byte*>(graph.data()), graph.size(), "m.om");
  EXPECT_EQ(status.code(), 145000);
  EXPECT_NE(status.message().find("memory"), std::string::npos) << status.message();
}

TEST(OmMutation, EveryTruncationFails) {
  const std::string good = sample_bytes();
  for (size_t n = 0; n < good.size(); n += n < 1200 ? 1 : 97) {
    const std::string cut = good.substr(0, n);
    const auto read = read_om(nullptr, cut.data(), cut.size(), "m.om");
    ASSERT_FALSE(read.ok()) << n;
    EXPECT_EQ(read.status().code(), 145006) << n;
  }
}

// The header's length repaired, so that the damage reaches the layers below.
TEST(OmMutation, EveryTruncationWithRepairedLengthIsClean) {
  const std::string good = sample_bytes();
  for (size_t n = 256; n < good.size(); n += n < 1200 ? 1 : 97) {
    std::string cut = good.substr(0, n);
    const uint64_t length = n - 256;
    std::memcpy(cut.data() + 184, &length, 8);
    std::memcpy(cut.data() + 76, &length, 4);
    expect_clean(cut);
  }
}

TEST(OmMutation, EveryBitFlipOfHeaderAndMessageIsClean) {
  std::string bytes = sample_bytes();
  const auto container =
      parse_container(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), "m.om");
  ASSERT_TRUE(container.ok());
  const size_t message_end = 360 + container->find(kModelDef)->size;
  for (size_t i = 0; i < message_end; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      expect_clean(bytes);
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
    }
  }
}

TEST(OmMutation, RandomOverwritesAreClean) {
  const std::string good = sample_bytes();
  std::mt19937 random(20261121);
  for (int round = 0; round < 4000; ++round) {
    std::string bytes = good;
    const int edits = 1 + static_cast<int>(random() % 6);
    for (int e = 0; e < edits; ++e) {
      const size_t where = random() % (random() % 2 == 0 ? 2500 : bytes.size());
      const size_t length = std::min<size_t>(1 + random() % 12, bytes.size() - where);
      const int kind = static_cast<int>(random() % 3);
      for (size_t i = 0; i < length; ++i) {
        bytes[where + i] = kind == 0 ? static_cast<char>(random()) : kind == 1 ? '\xff' : '\0';
      }
    }
    expect_clean(bytes);
  }
}

}  // namespace
}  // namespace poacl::om
