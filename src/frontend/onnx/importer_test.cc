#include <gtest/gtest.h>

#include <string>

#include "frontend/onnx/test_import.h"

namespace poacl {
namespace {

using onnx_frontend::TestModel;
using onnx_frontend::two_relus;

// The error of an import that must fail: code and every text the message must hold.
void expect_error(const Result<Graph>& graph, const std::string& code,
                  std::initializer_list<std::string> texts) {
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.status().tag(), code) << graph.status().message();
  for (const std::string& text : texts) {
    EXPECT_NE(graph.status().message().find(text), std::string::npos)
        << "no \"" << text << "\" in: " << graph.status().message();
  }
}

TEST(Importer, KeepsNamesAndShapes) {
  const Result<Graph> graph = import(two_relus());
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  ASSERT_EQ(graph->inputs.size(), 1u);
  EXPECT_EQ(graph->value(graph->inputs[0]).name, "data");
  EXPECT_EQ(graph->output_names, std::vector<std::string>{"second:0:prob"});
  const Value& output = graph->value(graph->outputs[0]);
  EXPECT_EQ(output.name, "prob");
  EXPECT_EQ(output.dims, (Dims{1, 3, 4, 4}));
  ASSERT_EQ(graph->nodes().size(), 2u);
  EXPECT_EQ(graph->nodes()[0].name, "first");
  EXPECT_EQ(graph->nodes()[0].origins, std::vector<std::string>{"first"});
}

TEST(Importer, SortsNodes) {
  TestModel test;
  test.input("data", {2});
  test.node("Relu", {"mid"}, {"prob"}, "second");
  test.node("Relu", {"data"}, {"mid"}, "first");
  test.output("prob");
  const Result<Graph> graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->nodes()[0].name, "first");
}

TEST(Importer, NamesNamelessAndEqualNodes) {
  TestModel test;
  test.input("data", {2});
  test.node("Relu", {"data"}, {"a"});
  test.node("Relu", {"a"}, {"b"}, "same");
  test.node("Relu", {"b"}, {"c"}, "same");
  test.output("a");
  test.output("b");
  test.output("c");
  const Result<Graph> graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->output_names,
            (std::vector<std::string>{"Relu_0:0:a", "same:0:b", "same_1:0:c"}));
}

TEST(Importer, InitializersAreNoInputs) {
  TestModel test;
  test.input("data", {2});
  test.input("weight", {2});
  test.initializer("weight", {2}, {1, 2});
  test.node("Add", {"data", "weight"}, {"sum"}, "add");
  test.output("sum");
  const Result<Graph> graph = import(test);
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  ASSERT_EQ(graph->inputs.size(), 1u);
  EXPECT_EQ(graph->value(graph->inputs[0]).name, "data");
}

TEST(Importer, UserShapeReplacesTheModels) {
  TestModel test;
  test.input("data", {-1, 3});
  test.node("Relu", {"data"}, {"out"}, "relu");
  test.output("out");
  const Result<Graph> graph = import(test, {{{"data", {7, 3}}}, {}});
  ASSERT_TRUE(graph.ok()) << graph.status().message();
  EXPECT_EQ(graph->value(graph->outputs[0]).dims, (Dims{7, 3}));
}

TEST(Importer, OpenShapeNeedsTheUser) {
  TestModel test;
  test.input("data", {-1, 3, 32, 32});
  test.node("Relu", {"data"}, {"out"}, "relu");
  test.output("out");
  expect_error(import(test), "E10001",
               {"\"data\"", "[N,3,32,32]", "Try: --input_shape=\"data:1,3,32,32\""});
}

TEST(Importer, WrongInputNameListsTheRealOnes) {
  TestModel test;
  test.input("actual_input_1", {-1, 3, 8, 8});
  test.input("scale", {1});
  test.node("Mul", {"actual_input_1", "scale"}, {"out"}, "mul");
  test.output("out");
  expect_error(import(test, {{{"actual_input", {2, 3, 8, 8}}}, {}}), "E10016",
               {"\"actual_input\"", "Did you mean \"actual_input_1\"",
                "actual_input_1 float32 [N,3,8,8]; scale float32 [1]",
                "Try: --input_shape=\"actual_input_1:2,3,8,8;scale:1\""});
}

TEST(Importer, InnerTensorIsNoInput) {
  expect_error(import(two_relus(), {{{"mid", {1}}}, {}}), "E10017", {"\"mid\"", "data float32"});
}

TEST(Importer, RankMismatchGivesBothCounts) {
  expect_error(import(two_relus(), {{{"data", {1, 3}}}, {}}), "E10049",
               {"2 dimensions", "\"data\"", "[1,3]", "[1,3,4,4]", "has 4"});
}

TEST(Importer, SizesBelowOne) {
  expect_error(import(two_relus(), {{{"data", {1, 0, 4, 4}}}, {}}), "E10011", {"\"data\"", "0"});
}

TEST(Importer, OutNodesByNodeAndByTensor) {
  for (const char* item : {"first:0", "mid"}) {
    const Result<Graph> graph = import(two_relus(), {{}, {item}});
    ASSERT_TRUE(graph.ok()) << graph.status().message();
    EXPECT_EQ(graph->output_names, std::vector<std::string>{"first:0:mid"});
    EXPECT_EQ(graph->nodes().size(), 1u);
  }
}

TEST(Importer, OutNodesErrors) {
  expect_error(import(two_relus(), {{}, {"firts:0"}}), "E10016",
               {"\"firts:0\"", "Did you mean \"first\"", "\"prob\""});
  expect_error(import(two_relus(), {{}, {"first:1"}}), "E10003", {"\"first:1\"", "output 1"});
  expect_error(import(two_relus(), {{}, {"first:x"}}), "E10003", {"\"first:x\""});
  expect_error(import(two_relus(), {{}, {"first"}}), "E10003", {"Try: --out_nodes=\"first:0\""});
}

TEST(Importer, ReportsAllUnsupportedAtOnce) {
  TestModel test;
  test.import_opset("com.vendor", 1);
  test.input("data", {2});
  test.node("Relu", {"data"}, {"a"}, "fine");
  test.node("NoSuchOp", {"a"}, {"b"}, "odd_one");
  test.node("Fancy", {"b"}, {"c"}, "vendor_one").set_domain("com.vendor");
  test.node("AlsoMissing", {"c"}, {"d"});
  test.node("NotNeeded", {"data"}, {"e"}, "unused");
  test.output("d");
  const Result<Graph> graph = import(test);
  expect_error(graph, "E16002",
               {"3 nodes", "\"odd_one\" (NoSuchOp, ai.onnx opset 13)",
                "\"vendor_one\" (Fancy, com.vendor opset 1)", "\"AlsoMissing_3\" (AlsoMissing"});
  EXPECT_EQ(graph.status().message().find("unused"), std::string::npos);
}

TEST(Importer, UnsupportedComesBeforeOpenShapes) {
  TestModel test;
  test.input("data", {-1});
  test.node("NoSuchOp", {"data"}, {"out"}, "odd_one");
  test.output("out");
  expect_error(import(test), "E16002", {"1 node of", "odd_one"});
}

// The only node of ONNX's own domain stands in the body of a node of another one.
TEST(Importer, OpsetIsMissingOnlyInABody) {
  TestModel body(0);
  body.node("Relu", {"data"}, {"made"}, "inner");
  body.output("made");
  TestModel test(0);
  test.import_opset("com.vendor", 1);
  test.input("data", {-1});  // open, so that the report goes into all bodies at once
  auto& node = test.node("Fancy", {"data"}, {"out"}, "outer");
  node.set_domain("com.vendor");
  auto* attribute = node.add_attribute();
  attribute->set_name("body");
  attribute->set_type(5);  // GRAPH
  *attribute->mutable_g() = body.graph();
  test.output("out");
  expect_error(import(test), "E16002", {"outer/body/inner", "does not say which version"});
}

TEST(Importer, OpsetRange) {
  for (const int64_t opset : {1, 7, 21, 27}) EXPECT_TRUE(import(two_relus(opset)).ok()) << opset;
  for (const int64_t opset : {-1, 28, 9999}) {
    expect_error(import(two_relus(opset)), "E16005", {std::to_string(opset), "1 to 27"});
  }
  expect_error(import(two_relus(0)), "E16005", {"does not say"});
  TestModel old = two_relus(0);
  old.model.set_ir_version(2);
  EXPECT_TRUE(import(old).ok());
}

TEST(Importer, NumbersOfInputsByVersion) {
  TestModel surplus;
  surplus.input("data", {2});
  surplus.node("Relu", {"data", "data"}, {"out"}, "wide");
  surplus.output("out");
  expect_error(import(surplus), "E16002", {"\"wide\"", "takes 1 input, but 2 are given"});

  // Absent inputs at the end do not count.
  TestModel trailing;
  trailing.input("data", {2});
  trailing.node("Relu", {"data", "", ""}, {"out"}, "fine");
  trailing.output("out");
  EXPECT_TRUE(import(trailing).ok());

  TestModel few;
  few.input("data", {2});
  few.node("Add", {"data"}, {"out"}, "lone");
  few.output("out");
  expect_error(import(few), "E16002", {"\"lone\"", "takes 2 inputs, but 1 is given"});

  for (const int64_t opset : {13, 14}) {
    TestModel young(opset);
    young.input("data", {2});
    young.node("HardSwish", {"data"}, {"out"}, "young");
    young.output("out");
    if (opset == 14) {
      EXPECT_TRUE(import(young).ok());
    } else {
      expect_error(import(young), "E16002", {"from opset 14 on"});
    }
  }
  TestModel gone(11);
  gone.input("data", {2});
  gone.input("at", {2}, 7);
  gone.node("Scatter", {"data", "at", "data"}, {"out"}, "gone");
  gone.output("out");
  expect_error(import(gone), "E16002", {"removed this operator in opset 11"});
}

TEST(Importer, ReportTellsOfEveryNode) {
  TestModel test;
  test.input("data", {2});
  test.node("Relu", {"data"}, {"a"}, "fine");
  test.node("NoSuchOp", {"a"}, {"b"}, "odd_one");
  test.output("b");
  ImportReport report;
  OnnxImportOptions options;
  options.report = &report;
  EXPECT_FALSE(import(test, options).ok());
  ASSERT_EQ(report.nodes.size(), 2u);
  EXPECT_TRUE(report.nodes[0].faults.empty());
  EXPECT_EQ(report.nodes[1].name, "odd_one");
  ASSERT_EQ(report.nodes[1].faults.size(), 1u);
  EXPECT_EQ(report.nodes[1].faults[0].code, "E16002");
  EXPECT_FALSE(report.nodes[1].faults[0].advice.empty());
}

TEST(Importer, TwoVersionsOfOneDomain) {
  TestModel test = two_relus();
  test.import_opset("ai.onnx", 11);
  expect_error(import(test), "E16005", {"ai.onnx", "13 and 11"});
}

TEST(Importer, BrokenGraphs) {
  TestModel cycle;
  cycle.input("data", {2});
  cycle.node("Add", {"data", "b"}, {"a"}, "one");
  cycle.node("Relu", {"a"}, {"b"}, "two");
  cycle.output("b");
  expect_error(import(cycle), "E16001", {"cycle", "\"one\" (Add)", "\"two\" (Relu)"});

  TestModel missing;
  missing.input("data", {2});
  missing.node("Add", {"data", "ghost"}, {"a"}, "one");
  missing.output("a");
  expect_error(import(missing), "E16001", {"\"ghost\"", "\"one\" (Add)"});

  TestModel twice = two_relus();
  twice.node("Relu", {"data"}, {"prob"}, "third");
  expect_error(import(twice), "E16001", {"\"third\"", "\"prob\""});

  TestModel unmade = two_relus();
  unmade.output("nowhere");
  expect_error(import(unmade), "E16001", {"\"nowhere\""});

  TestModel no_output;
  no_output.input("data", {2});
  expect_error(import(no_output), "E16001", {"no outputs"});
}

TEST(Importer, FilesOfOtherKinds) {
  expect_error(import_onnx_bytes("", 0, {}), "E13015", {"0 bytes"});
  const std::string text = "this is no model at all\n";
  expect_error(import_onnx_bytes(text.data(), text.size(), {}), "E13005", {"24 bytes"});
  const std::string whole = two_relus().bytes();
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_FALSE(import_onnx_bytes(whole.data(), size, {}).ok()) << size;
  }
  expect_error(import_onnx("/nonexistent/model.onnx", {}), "E13026", {"/nonexistent/model.onnx"});
  expect_error(import_onnx("/", {}), "E13006", {"a directory"});
}

TEST(Importer, ShapeErrorNamesTheNode) {
  TestModel test;
  test.input("a", {2, 3});
  test.input("b", {4, 5});
  test.node("Add", {"a", "b"}, {"c"}, "bad_add");
  test.output("c");
  const Result<Graph> graph = import(test);
  ASSERT_FALSE(graph.ok());
  EXPECT_FALSE(graph.status().tag().empty());
  EXPECT_NE(graph.status().message().find("bad_add"), std::string::npos)
      << graph.status().message();
}

}  // namespace
}  // namespace poacl
