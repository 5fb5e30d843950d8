#include "atc/settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "atc/output_path.h"
#include "atc/report.h"
#include "base/scratch_folder.h"

namespace poacl::atc {
namespace {

class SettingsTest : public testing::Test {
 protected:
  const ScratchFolder folder_;

  void SetUp() override {
    model_ = folder_.file("settings_test.onnx");
    std::ofstream(model_) << "x";
  }

  // A good command with these options added or replaced.
  Result<Settings> check(const std::vector<std::string>& extra) {
    std::vector<std::string> words = {"--model=" + model_, "--framework=5", "--output=out/model",
                                      "--soc_version=Ascend310P3"};
    words.insert(words.end(), extra.begin(), extra.end());
    Result<CommandLine> line = parse_command_line(words);
    if (!line.ok()) return line.status();
    line_ = *line;
    return check_options(line_);
  }

  void expect_error(const std::vector<std::string>& extra, const std::string& code,
                    const std::string& named) {
    const Result<Settings> settings = check(extra);
    ASSERT_FALSE(settings.ok()) << extra[0];
    EXPECT_EQ(settings.status().tag(), code) << extra[0] << ": " << settings.status().message();
    EXPECT_NE(settings.status().message().find(named), std::string::npos)
        << settings.status().message();
  }

  std::string model_;
  CommandLine line_;
};

TEST_F(SettingsTest, Good) {
  const Result<Settings> settings =
      check({"--input_shape=a:1,3", "--out_nodes=n:0; m:1;", "--output_type=FP16", "--log=info",
             "--input_format=ND", "--precision_mode=allow_fp32_to_fp16"});
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->output, "out/model.om");
  EXPECT_EQ(settings->out_nodes, (std::vector<std::string>{"n:0", "m:1"}));
  EXPECT_EQ(settings->log_level, LogLevel::kInfo);
  EXPECT_EQ(settings->input_format, "ND");
  EXPECT_TRUE(settings->warnings.empty());
}

TEST_F(SettingsTest, RequiredOptions) {
  expect_error({"--framework="}, "E10007", "--framework");
  expect_error({"--framework=2"}, "E10007", "\"2\"");
  expect_error({"--framework=0"}, "E10008", "--weight");
  expect_error({"--framework=3"}, "E10055", "TensorFlow");
  expect_error({"--soc_version="}, "E10054", "--soc_version");
  expect_error({"--output="}, "E10054", "--output");
  expect_error({"--model="}, "E10054", "--model");
  expect_error({"--soc_version=Intel"}, "E10001", "\"Intel\"");
}

TEST_F(SettingsTest, Paths) {
  expect_error({"--model=/nowhere/m.onnx"}, "E13026", "/nowhere/m.onnx");
  expect_error({"--model=/"}, "E13006", "a directory");
  expect_error({"--output=out/"}, "E10022", "out/");
  expect_error({"--output=" + std::string(5000, 'a')}, "E10021", "5000");
}

TEST_F(SettingsTest, ValuesOutsideTheirLists) {
  expect_error({"--log=loud"}, "E10010", "\"loud\"");
  expect_error({"--input_format=NHWC"}, "E10001", "\"NHWC\"");
  expect_error({"--precision_mode=fp8"}, "E10001", "\"fp8\"");
  expect_error({"--precision_mode=force_fp16", "--precision_mode_v2=fp16"}, "E10056",
               "--precision_mode_v2=fp16");
  expect_error({"--deterministic=1", "--deterministic_level=0"}, "E10001", "--deterministic=1");
  expect_error({"--modify_mixlist=l.json"}, "E10001", "--modify_mixlist");
  expect_error({"--keep_dtype=/nowhere"}, "E10410", "/nowhere");
  expect_error({"--customize_dtypes=/nowhere"}, "E13001", "/nowhere");
  expect_error({"--optypelist_for_implmode=Gelu"}, "E10001", "--op_select_implmode");
  expect_error({"--op_precision_mode=/nowhere"}, "E13001", "/nowhere");
  expect_error({"--jit_compile=9"}, "E10001", "\"9\"");
}

TEST_F(SettingsTest, NotSupportedYetIsSaid) {
  expect_error({"--singleop=op.json"}, "E10055", "--singleop");
}

TEST_F(SettingsTest, GearsNeedShapesAndExcludeEachOther) {
  expect_error({"--dynamic_batch_size=1,2"}, "E10004", "--input_shape");
  expect_error({"--dynamic_batch_size=1,2", "--dynamic_dims=1;2"}, "E10009", "--dynamic_dims");
  expect_error({"--dynamic_batch_size=1,2", "--input_shape=a:1,3"}, "E10031", "number of -1");
  expect_error({"--dynamic_dims=1;2", "--input_shape=a:-1,3", "--insert_op_conf=aipp.cfg"},
               "E10001", "--dynamic_dims");
  expect_error({"--dynamic_image_size=4,4;8,8", "--input_shape=a:1,3,-1,-1", "--input_format=ND"},
               "E10019", "ND");
  const Result<Settings> settings = check({"--dynamic_batch_size=4,2", "--input_shape=a:-1,3;b:5"});
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->gears.kind, GearKind::kBatch);
  EXPECT_EQ(settings->gears.values, (std::vector<std::vector<int64_t>>{{4}, {2}}));
  EXPECT_EQ(settings->input_shapes[0].dims, Dims({-1, 3}));
  EXPECT_TRUE(settings->warnings.empty());
}

TEST_F(SettingsTest, DimsGearsAreMeantForNd) {
  const Result<Settings> nchw = check({"--dynamic_dims=1;2", "--input_shape=a:-1,3"});
  ASSERT_TRUE(nchw.ok()) << nchw.status().message();
  ASSERT_EQ(nchw->warnings.size(), 1u);
  EXPECT_NE(nchw->warnings[0].find("--input_format=ND"), std::string::npos) << nchw->warnings[0];
  const Result<Settings> nd =
      check({"--dynamic_dims=1;2", "--input_shape=a:-1,3", "--input_format=ND"});
  ASSERT_TRUE(nd.ok());
  EXPECT_TRUE(nd->warnings.empty());
}

TEST_F(SettingsTest, TheOldRangeOptionWorksAndIsIgnoredBesideTheNew) {
  const Result<Settings> old = check({"--input_shape_range=a:[1~8,3]"});
  ASSERT_TRUE(old.ok()) << old.status().message();
  ASSERT_EQ(old->input_shapes.size(), 1u);
  EXPECT_EQ(old->input_shapes[0].dims, Dims({-1, 3}));
  ASSERT_EQ(old->warnings.size(), 1u);
  EXPECT_NE(old->warnings[0].find("deprecated"), std::string::npos);
  const Result<Settings> both = check({"--input_shape_range=rubbish", "--input_shape=a:4,3"});
  ASSERT_TRUE(both.ok()) << both.status().message();
  EXPECT_EQ(both->input_shapes[0].dims, Dims({4, 3}));
  ASSERT_EQ(both->warnings.size(), 1u);
  EXPECT_NE(both->warnings[0].find("ignored"), std::string::npos);
  expect_error({"--input_shape_range=rubbish"}, "E10048", "rubbish");
}

TEST_F(SettingsTest, HalfInputsAreListed) {
  const Result<Settings> settings = check({"--input_fp16_nodes=a; scope/b:0 ;"});
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->fp16_inputs, (std::vector<std::string>{"a", "scope/b:0"}));
}

TEST_F(SettingsTest, WeightsCanLieOutside) {
  const std::vector<std::pair<std::string, WeightFiles>> values = {
      {"0", WeightFiles::kInside}, {"1", WeightFiles::kEach}, {"2", WeightFiles::kTogether}};
  for (const auto& [value, files] : values) {
    const Result<Settings> settings = check({"--external_weight=" + value});
    ASSERT_TRUE(settings.ok()) << settings.status().message();
    EXPECT_EQ(settings->weight_files, files);
  }
  expect_error({"--external_weight=3"}, "E10006", "--external_weight");
}

TEST_F(SettingsTest, EveryUnsupportedOptionHasAWayOut) {
  const std::vector<std::pair<std::string, std::string>> ways = {
      {"--framework=3", "Export the model from TensorFlow to ONNX"},
      {"--framework=1", "Export the model from MindSpore to ONNX"},
      {"--singleop=op.json", "ONNX model of its own"},
  };
  for (const auto& [option, way] : ways) {
    const Result<Settings> settings = check({option});
    ASSERT_FALSE(settings.ok()) << option;
    const std::string text = failure_text(settings.status(), line_);
    EXPECT_EQ(text.rfind("E10055: ", 0), 0u) << text;
    const size_t solution = text.find("        Solution: ");
    ASSERT_NE(solution, std::string::npos) << text;
    EXPECT_NE(text.find(way, solution), std::string::npos) << text;
    EXPECT_EQ(text.find("Solution: ", solution + 18), std::string::npos) << text;
    EXPECT_EQ(text.find("docs/"), std::string::npos) << text;
  }
  for (const OptionSpec& spec : option_table()) {
    EXPECT_EQ(spec.use == OptionUse::kLater, !spec.way_out.empty()) << spec.name;
  }
}

TEST_F(SettingsTest, SwitchesThatAreOffAreAccepted) {
  for (const char* option :
       {"--is_input_adjust_hw_layout=false", "--is_input_adjust_hw_layout=0",
        "--is_input_adjust_hw_layout=false,false", "--is_output_adjust_hw_layout=false",
        "--is_output_adjust_hw_layout=0"}) {
    const Result<Settings> settings = check({option});
    EXPECT_TRUE(settings.ok()) << option << ": " << settings.status().message();
  }
  expect_error({"--is_input_adjust_hw_layout=true"}, "E10055", "--is_input_adjust_hw_layout");
  expect_error({"--is_input_adjust_hw_layout=false,true"}, "E10055", "--is_input_adjust_hw_layout");
  expect_error({"--is_output_adjust_hw_layout=true"}, "E10055", "--is_output_adjust_hw_layout");
  expect_error({"--is_output_adjust_hw_layout=no"}, "E10005", "\"no\"");
  expect_error({"--is_input_adjust_hw_layout=false,"}, "E10005", "\"false,\"");
}

TEST_F(SettingsTest, TheModelIsNotOverwritten) {
  const std::string base = folder_.file("same");
  std::ofstream(base + ".om") << "x";
  ASSERT_EQ(::link((base + ".om").c_str(), (base + "_link.om").c_str()), 0);
  expect_error({"--model=" + base + ".om", "--output=" + base}, "E10001", base + ".om itself");
  expect_error({"--model=" + base + ".om", "--output=" + base + "_link"}, "E10001",
               "--output=" + base + "_link_converted");
  EXPECT_TRUE(check({"--model=" + base + ".om", "--output=" + base + "_new"}).ok());
  EXPECT_EQ(check_model_path("").tag(), "E13000");
}

TEST_F(SettingsTest, AcceptedWithoutEffect) {
  const Result<Settings> settings =
      check({"--enable_small_channel=1", "--buffer_optimize=off_optimize", "--jit_compile=2",
             "--auto_tune_mode=RL,GA", "--weight=w.bin", "--op_select_implmode=high_precision"});
  ASSERT_TRUE(settings.ok()) << settings.status().message();
  EXPECT_EQ(settings->warnings.size(), 3u);
}

TEST_F(SettingsTest, FailureTextOffersTheCommand) {
  const Result<Settings> settings = check({"--soc_version=ascend310"});
  ASSERT_FALSE(settings.ok());
  const std::string text = failure_text(settings.status(), line_);
  EXPECT_EQ(text.rfind("E10001: ", 0), 0u);
  EXPECT_NE(text.find("Possible Cause: "), std::string::npos);
  EXPECT_NE(text.find("Solution: "), std::string::npos);
  EXPECT_NE(text.find("Try: atc --model="), std::string::npos);
  EXPECT_NE(text.find(" --soc_version=Ascend310P3\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace poacl::atc
