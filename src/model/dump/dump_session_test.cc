#include "model/dump/dump_session.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "base/scratch_folder.h"
#include "model/dump/dump_file.h"

namespace poacl::model {
namespace {

class DumpSessionTest : public ::testing::Test {
 protected:
  // A session as `section` says, given without its braces and folder.
  std::unique_ptr<DumpSession> session(const std::string& section, bool dynamic = false) {
    const std::string text = "{\"dump_path\": \"" + folder_.path() + "\", " + section + "}";
    return DumpSession::make(parse_dump_settings(text, active_),
                             {3, "net", "file", "NCHW", dynamic});
  }

  // Tells the observer of one operator that makes `output` of `input`.
  static void step(StepObserver& observer, const std::string& node, float output = 2,
                   float input = 1) {
    const std::string type = "Relu";
    const TensorView in{{DataType::kFloat, {1}}, &input};
    const TensorView out{{DataType::kFloat, {1}}, &output};
    const StepView view{node, type, {}, {&in, 1}, {&out, 1}};
    observer.before_step(view);
    observer.after_step(view);
  }

  void run(DumpSession& session, const std::vector<std::string>& nodes) {
    const auto observer = session.begin(DumpedTask{0, 7});
    ASSERT_NE(observer, nullptr);
    for (const std::string& node : nodes) step(*observer, node);
  }

  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (entry.is_regular_file()) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  std::vector<std::string> nodes() const {
    std::vector<std::string> names;
    for (const auto& path : files()) {
      const std::string name = path.filename();
      const size_t dot = name.find('.');
      names.push_back(name.substr(dot + 1, name.find('.', dot + 1) - dot - 1));
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::shared_ptr<std::atomic<bool>> active_ = std::make_shared<std::atomic<bool>>(true);
  ScratchFolder folder_;
};

using Names = std::vector<std::string>;

TEST_F(DumpSessionTest, OtherModelsAreNotDumped) {
  EXPECT_EQ(session(R"("dump_list": [{"model_name": "other"}])"), nullptr);
  EXPECT_NE(session(R"("dump_list": [{"model_name": "net"}])"), nullptr);
  EXPECT_NE(session(R"("dump_list": [{"model_name": "file"}])"), nullptr);
  EXPECT_EQ(DumpSession::make(nullptr, {}), nullptr);
}

TEST_F(DumpSessionTest, FilesLieInFoldersOfModelAndExecution) {
  const auto dumped = session(R"("dump_list": [{}])");
  run(*dumped, {"a/b.c d\\e"});
  run(*dumped, {"x"});
  const auto found = files();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].parent_path().filename(), "0");
  EXPECT_EQ(found[1].parent_path().filename(), "1");
  EXPECT_EQ(found[0].parent_path().parent_path().filename(), "3");
  EXPECT_EQ(nodes(), (Names{"a_b_c_d_e", "x"}));
  EXPECT_EQ(found[1].filename().string().substr(0, 11), "Relu.x.1.7.");
}

TEST_F(DumpSessionTest, LayersAndRangesChoose) {
  const auto dumped = session(
      R"("dump_level": "op", "dump_list": [{"model_name": "net", "layer": ["e"],
          "opname_range": [{"begin": "b", "end": "c"}]}])");
  run(*dumped, {"a", "b", "between", "c", "d", "e"});
  EXPECT_EQ(nodes(), (Names{"b", "between", "c", "e"}));
}

TEST_F(DumpSessionTest, ExcludedTensorsAreLeftOut) {
  const auto dumped = session(
      R"("dump_mode": "all", "dump_level": "op", "dump_list": [{"model_name": "net",
          "opname_blacklist": [{"name": "a", "pos": ["input0"]}, {"name": "b"}]}])");
  run(*dumped, {"a", "b", "c"});
  const auto found = files();
  EXPECT_EQ(nodes(), (Names{"a", "c"}));
  // The one without its input is smaller by tensor and description.
  EXPECT_LT(std::filesystem::file_size(found[0]) + 4, std::filesystem::file_size(found[1]));
}

TEST_F(DumpSessionTest, NothingMoreOnceItIsOff) {
  const auto dumped = session(R"("dump_list": [{}], "dump_step": "1")");
  EXPECT_EQ(dumped->begin({}), nullptr);
  EXPECT_NE(dumped->begin({}), nullptr);
  EXPECT_EQ(dumped->begin({}), nullptr);
  const auto all = session(R"("dump_list": [{}])");
  active_->store(false);
  EXPECT_EQ(all->begin({}), nullptr);
}

TEST_F(DumpSessionTest, OverflowIsWhatFiniteInputsDoNotExplain) {
  const auto dumped = session(R"("dump_debug": "on")");
  const float inf = std::numeric_limits<float>::infinity();
  const auto observer = dumped->begin({});
  step(*observer, "fine", 1);
  step(*observer, "handed_on", inf, inf);
  step(*observer, "made", inf);
  EXPECT_EQ(nodes(), (Names{"Node_OpDebug", "made"}));
  const auto found = files();
  ASSERT_EQ(found.size(), 2u);
  std::ifstream file(found[0], std::ios::binary);
  EXPECT_EQ(found[0].filename().string().substr(0, 21), "Opdebug.Node_OpDebug.");
  std::string content(std::istreambuf_iterator<char>(file), {});
  uint64_t length = 0;
  std::memcpy(&length, content.data(), sizeof(length));
  ASSERT_EQ(content.size(), sizeof(length) + length + 2048);
  uint32_t magic = 0;
  std::memcpy(&magic, content.data() + sizeof(length) + length, sizeof(magic));
  EXPECT_EQ(magic, 0x5a5a5a5au);
}

TEST_F(DumpSessionTest, WatchedOutputsAreDumpedAfterEachOfTheLayers) {
  const std::string watch =
      R"("dump_scene": "watcher", "dump_list": [{"layer": ["b", "c"], "watcher_nodes": ["a"]}])";
  const auto dumped = session(watch);
  const auto observer = dumped->begin({});
  const std::string type = "Relu";
  const std::string a = "a";
  float value = 1;
  const TensorView out{{DataType::kFloat, {1}}, &value};
  const StepView view{a, type, {}, {}, {&out, 1}};
  observer->before_step(view);
  observer->after_step(view);
  EXPECT_TRUE(files().empty());
  step(*observer, "b");
  value = 9;
  step(*observer, "other");
  step(*observer, "c");
  EXPECT_EQ(nodes(), (Names{"a", "a"}));
  EXPECT_EQ(session(watch, true), nullptr);
}

TEST_F(DumpSessionTest, NamesThatAreTooLongBecomeNumbers) {
  const auto dumped = session(R"("dump_list": [{}])");
  const std::string name(300, 'n');
  run(*dumped, {name});
  const auto found = files();
  ASSERT_EQ(found.size(), 2u);
  const auto mapping = std::find_if(found.begin(), found.end(),
                                    [](const auto& p) { return p.filename() == "mapping.csv"; });
  ASSERT_NE(mapping, found.end());
  std::ifstream file(*mapping);
  std::string line;
  std::getline(file, line);
  const std::string number = found[mapping == found.begin() ? 1 : 0].filename();
  EXPECT_EQ(line.substr(0, number.size() + 6), number + ",Relu.");
  EXPECT_NE(line.find(name), std::string::npos);
}

TEST_F(DumpSessionTest, AFolderThatCannotBeWrittenDoesNotFailTheExecution) {
  const auto dumped = session(R"("dump_list": [{}])");
  const auto observer = dumped->begin({});
  std::filesystem::remove_all(folder_.path());
  std::ofstream(folder_.path()) << "a file where the folder was";
  step(*observer, "a");
  step(*observer, "b");
  std::filesystem::remove(folder_.path());
}

}  // namespace
}  // namespace poacl::model
