// poacl-om: shows what .om files hold.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/utf8.h"
#include "contents.h"

namespace {

int show(const std::string& path, bool json, bool with_steps) {
  const auto contents = poacl::show::read_contents(path);
  if (!contents.ok()) {
    // Sentences quote names of the file, which may be no text.
    fmt::print(stderr, "poacl-om: {} [error {}]\n", poacl::valid_utf8(contents.status().message()),
               contents.status().code());
    return 1;
  }
  const std::string text = json ? poacl::show::contents_json(*contents)
                                : poacl::show::contents_text(*contents, with_steps);
  std::fputs(poacl::valid_utf8(text).c_str(), stdout);
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app(
      "Shows inputs, outputs, gears, AIPP, the atc command and the planned steps of .om files; of "
      "files for an NPU what can be read.",
      "poacl-om");
  std::vector<std::string> paths;
  bool json = false;
  bool no_steps = false;
  app.add_option("file", paths, "The .om files")->required();
  app.add_flag("--json", json, "JSON instead of text, one document for each file");
  app.add_flag("--no-steps", no_steps, "Without the list of steps (JSON has it anyway)");
  CLI11_PARSE(app, argc, argv);
  int result = 0;
  for (const std::string& path : paths) result |= show(path, json, !no_steps);
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "poacl-om: %s\n", error.what());
    return 1;
  }
}
