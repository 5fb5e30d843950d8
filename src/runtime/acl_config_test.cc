// Spec dump-prof-log sections 1, 2, 5: what each key may hold.
#include "runtime/acl_config.h"

#include <gtest/gtest.h>

#include <string>

#include "base/scratch_folder.h"

namespace poacl::runtime {
namespace {

Status read(const std::string& text) {
  return read_acl_config("acl.json", text).status();
}

TEST(AclConfig, WhatIsDocumentedIsTaken) {
  const ScratchFolder folder;
  const std::string path = "\"dump_path\": \"" + folder.path() + "\"";
  for (const std::string& text :
       {std::string("{}"), std::string(R"({"unknown": {"a": [1]}, "max_opqueue_num": "10"})"),
        std::string(R"({"StackSize": {"aicore_stack_size": 32768}})"),
        std::string(R"({"simt_printf_fifo_size": "1048576"})"), "{\"dump\": {" + path + "}}",
        "{\"dump\": {" + path + R"(, "dump_list": [{}], "dump_step": "0|3-5|10"}})",
        "{\"dump\": {" + path + R"(, "dump_list": [{"model_name": "m", "layer": ["a"]}]}})",
        "{\"dump\": {" + path + R"(, "dump_data": "stats", "dump_stats": ["Max", "L2norm"]}})",
        std::string(R"({"dump": {"dump_scene": "lite_exception"}})"),
        std::string(R"({"profiler": {"switch": "off", "aic_metrics": "nonsense"}})"),
        std::string(R"({"profiler": {"switch": "on", "host_sys": "cpu,mem"}})")}) {
    const Status status = read(text);
    EXPECT_TRUE(status.ok()) << text << ": " << status.message();
  }
  EXPECT_TRUE(read_acl_config("f", "{\"dump\": {" + path + "}}")->has_dump);
  EXPECT_TRUE(read_acl_config("f", R"({"profiler": {"switch": "on"}})")->has_profiler);
  EXPECT_FALSE(read_acl_config("f", R"({"dump": {}})")->has_dump);
}

TEST(AclConfig, WhatADumpSectionMayNotHold) {
  const ScratchFolder folder;
  const std::string path = "\"dump_path\": \"" + folder.path() + "\"";
  struct Case {
    std::string section;
    const char* tag;
    const char* part;
  };
  const Case cases[] = {
      {"\"dump_mode\": \"all\"", "EP0001", "dump_path is missing"},
      {"\"dump_path\": 7", "EP0001", "dump_path is 7"},
      {"\"dump_path\": \"/no/such/folder\"", "EP0003", "/no/such/folder"},
      {"\"dump_path\": \"10.0.0.1:/dump\"", "EP0003", "another machine"},
      {"\"dump_path\": \"" + std::string(513, 'a') + "\"", "EP0003", "513"},
      {path + ", \"dump_mode\": \"All\"", "EP0003", "dump_mode 'All'"},
      {path + ", \"dump_level\": \"layer\"", "EP0003", "dump_level"},
      {path + ", \"dump_step\": \"5-3\"", "EP0003", "5-3"},
      {path + ", \"dump_step\": \"1||2\"", "EP0003", "neither"},
      {path + ", \"dump_stats\": [\"Median\"]", "EP0003", "Median"},
      {path + ", \"dump_list\": {}", "EP0001", "dump_list"},
      {path + ", \"dump_list\": [{\"model_name\": \"\"}]", "EP0001", "model_name is empty"},
      {path + ", \"dump_list\": [{\"layer\": []}]", "EP0001", "layer is empty"},
      {path + ", \"dump_list\": [{\"watcher_nodes\": [\"a\"]}]", "EP0005", "watcher"},
      {path + ", \"dump_list\": [{\"optype_blacklist\": []}]", "EP0005", "dump_level"},
      {path + ", \"dump_debug\": \"on\", \"dump_op_switch\": \"on\"", "EP0005", "both"},
      {path + ", \"dump_scene\": \"watcher\", \"dump_debug\": \"on\"", "EP0005", "dump_scene"},
  };
  for (const Case& each : cases) {
    const Status status = read("{\"dump\": {" + each.section + "}}");
    EXPECT_EQ(status.code(), 100009) << each.section;
    EXPECT_EQ(status.tag(), each.tag) << each.section;
    EXPECT_NE(status.message().find(each.part), std::string_view::npos) << status.message();
  }
}

TEST(AclConfig, BadSizesAreNamedBadProfilersAreLogged) {
  EXPECT_EQ(read(R"({"StackSize": 5})").code(), 100000);
  EXPECT_EQ(read(R"({"StackSize": {"x": "big"}})").code(), 100000);
  EXPECT_EQ(read(R"({"simd_printf_fifo_size": "-1"})").code(), 100000);
  EXPECT_TRUE(read(R"({"profiler": {"switch": "on", "sys_cpu_freq": "51"}})").ok());
  EXPECT_FALSE(
      read_acl_config("f", R"({"profiler": {"switch": "on", "ge_api": "l7"}})")->has_profiler);
}

}  // namespace
}  // namespace poacl::runtime
