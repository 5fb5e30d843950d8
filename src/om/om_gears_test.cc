// Gears and ranges in the file: what is written comes back, and no lie about them passes.
#include <cstring>
#include <functional>
#include <random>

#include "om/constant_pool.h"
#include "om/gear_graphs.h"
#include "om/om_attrs.h"
#include "om/om_image.h"
#include "om/om_test_util.h"

namespace poacl::om {
namespace {

// y = x + w of x[n,3] and z[2]; the order of conversion is z, x.
Graph gear_graph(int64_t n) {
  Graph graph;
  graph.name = "geared";
  const ValueId x = graph.add_input("x", DataType::kFloat, {n, 3});
  const ValueId z = graph.add_input("z", DataType::kFloat, {2});
  // Each gear brings bytes of its own that equal the others'.
  const ValueId w = graph.add_constant("w", float_tensor({3}, 5));
  const NodeId add = graph.add_node("plus", "Add", {x, w}, {"y"});
  set_shape(graph, graph.node(add).outputs[0], {n, 3});
  graph.outputs = {graph.node(add).outputs[0], z};
  graph.output_names = {"plus:0:y", "z:0:z"};
  return graph;
}

OmModel gear_model(std::vector<int64_t> batches = {2, 8, 4}) {
  OmModel model;
  model.info.model_name = "geared";
  model.info.input_format = "NCHW";
  model.gears.kind = GearKind::kBatch;
  for (const int64_t n : batches) {
    model.gears.values.push_back({n});
    model.gears.graphs.push_back(gear_graph(n));
  }
  model.gears.order = {1, 0};
  set_gear_input_dims(model.gears, {{-1, 3}, {2}});
  model.graph = model.gears.graphs[largest_gear(model.gears.values)];
  return model;
}

Result<OmModel> read_back(const OmModel& model) {
  const std::string bytes = OmImage::encode(model).value().to_string();
  // The model's constants point into the bytes.
  auto owner = std::make_shared<ConstBuffer>(ConstBuffer::copy_of(bytes.data(), bytes.size()));
  const void* data = owner->data();
  return read_om(owner, data, bytes.size(), "m.om");
}

TEST(OmGears, SurviveTheFile) {
  const auto read = read_back(gear_model());
  ASSERT_TRUE(read.ok()) << read.status().message();
  const OmGears& gears = read->gears;
  EXPECT_EQ(gears.kind, GearKind::kBatch);
  EXPECT_EQ(gears.values, (std::vector<std::vector<int64_t>>{{2}, {8}, {4}}));
  EXPECT_EQ(gears.input_dims, (std::vector<Dims>{{-1, 3}, {2}}));
  EXPECT_EQ(gears.order, (std::vector<size_t>{1, 0}));
  ASSERT_EQ(gears.graphs.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const Graph& graph = gears.graphs[i];
    EXPECT_EQ(graph.value(graph.inputs[0]).dims, Dims({gears.values[i][0], 3}));
    EXPECT_EQ(graph.output_names, read->graph.output_names);
    ASSERT_EQ(graph.nodes().size(), 1u);
    EXPECT_EQ(graph.nodes()[0].name, "plus");  // without the gear's suffix
    EXPECT_EQ(graph.name, "geared");
  }
  EXPECT_EQ(read->graph.value(read->graph.inputs[0]).dims, Dims({8, 3}));
}

TEST(OmGears, EqualConstantsAreStoredOnce) {
  const auto read = read_back(gear_model());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->info.weight_size, 12u);
  const auto bytes_of = [](const Graph& graph) {
    return graph.value(graph.nodes()[0].inputs[1]).constant->buffer.data();
  };
  EXPECT_EQ(bytes_of(read->gears.graphs[0]), bytes_of(read->gears.graphs[2]));
  ConstantPool pool;
  const ConstBuffer a = ConstBuffer::copy_of("abcd", 4), b = ConstBuffer::copy_of("abcd", 4);
  const ConstBuffer c = ConstBuffer::copy_of("abce", 4), part(nullptr, a.data(), 2);
  EXPECT_EQ(pool.share(a).data(), a.data());
  EXPECT_EQ(pool.share(b).data(), a.data());
  EXPECT_EQ(pool.share(c).data(), c.data());
  EXPECT_EQ(pool.share(part).size(), 2u);
}

TEST(OmGears, LargestIsThatWithTheLargestProduct) {
  EXPECT_EQ(largest_gear({{2}, {8}, {4}}), 1u);
  EXPECT_EQ(largest_gear({{4, 6}, {5, 5}, {1, 24}}), 1u);
  EXPECT_EQ(largest_gear({{4, 6}, {6, 4}}), 0u);
  constexpr int64_t kMost = INT64_MAX;
  EXPECT_EQ(largest_gear({{kMost, kMost - 1}, {kMost, kMost, 2}}), 1u);
}

struct Lie {
  const char* word;
  std::function<void(ModelDef&)> change;
};

OpDef& op_named(GraphDef* graph, const std::string& name) {
  for (OpDef& op : *graph->mutable_op()) {
    if (op.name() == name) return op;
  }
  throw std::runtime_error(name);
}

AttrDef& attr_named(OpDef& op, const std::string& name) {
  for (NamedAttr& attr : *op.mutable_attr()) {
    if (attr.key() == name) return *attr.mutable_value();
  }
  throw std::runtime_error(name);
}

OpDef& choice(ModelDef& def) {
  return op_named(def.mutable_graph(0), "ascend_mbatch_shape_case");
}

TensorDef& table(ModelDef& def) {
  return *attr_named(op_named(def.mutable_graph(0), "ascend_mbatch_shape_const"), "value")
              .mutable_t();
}

TEST(OmGears, EveryLieIsTold) {
  const std::vector<Lie> lies = {
      {"kind 7", [](ModelDef& d) { attr_named(choice(d), "mbatch_dynamic_type").set_i(7); }},
      {"kind 0", [](ModelDef& d) { attr_named(choice(d), "mbatch_dynamic_type").set_i(0); }},
      {"instead of 2", [](ModelDef& d) { attr_named(choice(d), "mbatch_dynamic_type").set_i(2); }},
      {"nothing that chooses", [](ModelDef& d) { choice(d).set_name("other"); }},
      {"no order", [](ModelDef& d) { choice(d).clear_attr(); }},
      {"order",
       [](ModelDef& d) {
         attr_named(choice(d), "user_designate_shape_order").mutable_list()->set_s(0, "x");
       }},
      {"order",
       [](ModelDef& d) {
         attr_named(choice(d), "user_designate_shape_order").mutable_list()->set_s(0, "nobody");
       }},
      {"each of the 2 once",
       [](ModelDef& d) {
         attr_named(choice(d), "user_designate_shape_order")
             .mutable_list()
             ->mutable_s()
             ->RemoveLast();
       }},
      {"no table",
       [](ModelDef& d) {
         op_named(d.mutable_graph(0), "ascend_mbatch_shape_const").set_name("other");
       }},
      {"need 24 bytes", [](ModelDef& d) { table(d).mutable_desc()->set_dtype(8); }},
      {"12 are stored",
       [](ModelDef& d) { table(d).mutable_desc()->mutable_shape()->set_dim(0, 9); }},
      {"table",
       [](ModelDef& d) {
         table(d).mutable_desc()->mutable_shape()->set_dim(0, 1);
         table(d).mutable_desc()->mutable_shape()->set_dim(1, 3);
       }},
      {"size -3",
       [](ModelDef& d) {
         *table(d).mutable_data() =
             std::string("\xfd\xff\xff\xff", 4) + std::string("\4\0\0\0\5\0\0\0", 8);
       }},
      {"are the same", [](ModelDef& d) { *table(d).mutable_data() = std::string(12, '\1'); }},
      {"which does not fit",
       [](ModelDef& d) {
         auto& x = op_named(d.mutable_graph(2), "x_ascend_mbatch_batch_1");
         x.mutable_output_desc(0)->mutable_shape()->set_dim(1, 4);
       }},
      {"which does not fit",
       [](ModelDef& d) {
         op_named(d.mutable_graph(2), "x_ascend_mbatch_batch_1")
             .mutable_output_desc(0)
             ->set_dtype(2);
       }},
      {"which does not fit",
       [](ModelDef& d) {
         auto& x = op_named(d.mutable_graph(2), "x_ascend_mbatch_batch_1");
         x.mutable_output_desc(0)->mutable_shape()->set_dim(0, -1);
       }},
      {"no open shape",
       [](ModelDef& d) { op_named(d.mutable_graph(0), "x").mutable_attr()->RemoveLast(); }},
      {"gear 0 (2)", [](ModelDef& d) { d.mutable_graph(1)->clear_op(); }},
      {"inputs and 1 outputs",
       [](ModelDef& d) {
         auto& out = op_named(d.mutable_graph(3), "Node_Output_ascend_mbatch_batch_2");
         out.mutable_input()->RemoveLast();
       }},
      {"4 of them", [](ModelDef& d) { *d.add_graph() = d.graph(1); }},
  };
  const OmModel model = gear_model();
  WeightsOut weights;
  ModelDef good;
  ASSERT_TRUE(encode_gears(model, weights, &good).ok());
  void* memory = nullptr;
  auto bytes = std::make_shared<ConstBuffer>(ConstBuffer::allocate(weights.size(), &memory));
  for (const auto& item : weights.items()) {
    std::memcpy(static_cast<char*>(memory) + item.offset, item.bytes.data(), item.bytes.size());
  }
  const ReadContext context{bytes, bytes->data(), bytes->size()};
  OmModel whole;
  ASSERT_TRUE(decode_gears(good, context, &whole).ok());
  for (const Lie& lie : lies) {
    ModelDef def = good;
    lie.change(def);
    OmModel read;
    const Status status = decode_gears(def, context, &read);
    ASSERT_FALSE(status.ok()) << lie.word;
    EXPECT_EQ(status.code(), 145000) << lie.word;
    EXPECT_NE(status.message().find(lie.word), std::string::npos)
        << lie.word << " / " << status.message();
  }
}

TEST(OmGears, RandomDamageIsRefusedOrHarmless) {
  const OmModel model = gear_model();
  const std::string good = OmImage::encode(model).value().to_string();
  std::mt19937 random(5);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = good;
    for (int i = 0; i < 1 + round % 4; ++i) {
      bytes[random() % std::min<size_t>(bytes.size(), 6000)] = static_cast<char>(random());
    }
    const auto read = read_om(nullptr, bytes.data(), bytes.size(), "m.om");
    if (read.ok() && !read->gears.empty()) {
      EXPECT_TRUE(check_gears(read->gears).ok());
      continue;
    }
    if (read.ok()) continue;
    EXPECT_TRUE(read.status().code() == 145000 || read.status().code() == 145006);
    EXPECT_FALSE(read.status().message().empty());
  }
}

TEST(OmGears, GearsThatDoNotMakeOneModelAreNotWritten) {
  OmModel model = gear_model();
  model.gears.values[1] = {2};
  EXPECT_FALSE(OmImage::encode(model).ok());
  model = gear_model();
  model.gears.values[1] = {int64_t{1} << 31};
  EXPECT_FALSE(OmImage::encode(model).ok());
  model = gear_model({2});
  EXPECT_FALSE(OmImage::encode(model).ok());
}

TEST(OmRanges, SurviveTheFileAndBoundTheInputs) {
  OmModel model;
  model.graph.name = "ranged";
  const ValueId x = model.graph.add_input("x", DataType::kFloat, {-1, 3, -1});
  const ValueId z = model.graph.add_input("z", DataType::kFloat, {2});
  model.graph.outputs = {x, z};
  model.graph.output_names = {"x", "z"};
  model.input_ranges = {{{1, 8}, {3, 3}, {4, -1}}, {}};
  const auto read = read_back(model);
  ASSERT_TRUE(read.ok()) << read.status().message();
  ASSERT_EQ(read->input_ranges.size(), 2u);
  ASSERT_EQ(read->input_ranges[0].size(), 3u);
  EXPECT_EQ(read->input_ranges[0][0].max, 8);
  EXPECT_EQ(read->input_ranges[0][2].min, 4);
  EXPECT_EQ(read->input_ranges[0][2].max, -1);
  EXPECT_TRUE(read->input_ranges[1].empty());
  EXPECT_EQ(read->graph.value(read->graph.inputs[0]).max_dims, Dims({8, 3, -1}));

  for (const std::vector<DimRange>& wrong :
       std::vector<std::vector<DimRange>>{{{1, 8}, {3, 3}},
                                          {{8, 1}, {3, 3}, {4, -1}},
                                          {{1, 8}, {3, 4}, {4, -1}},
                                          {{-2, 8}, {3, 3}, {4, -1}},
                                          {{1, -2}, {3, 3}, {4, -1}}}) {
    model.input_ranges[0] = wrong;
    const auto refused = read_back(model);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.status().code(), 145000);
    EXPECT_NE(refused.status().message().find("range"), std::string::npos);
  }
}

}  // namespace
}  // namespace poacl::om
