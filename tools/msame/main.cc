// msame: runs an offline model from the command line, like the public tool of that name.
#include <cstdio>
#include <exception>

#include "console.h"
#include "options.h"
#include "run.h"

int main(int argc, char** argv) {
  try {
    const msame::ParsedOptions parsed = msame::parse_options(argc, argv);
    if (!parsed.options) {
      std::fputs(parsed.message.c_str(), stdout);
      return parsed.exit_code;
    }
    msame::run(*parsed.options);
    return 0;
  } catch (const std::exception& error) {
    msame::print_line(std::string("[ERROR] ") + error.what());
    msame::print_line("[ERROR] Execute sample failed");
    return 1;
  }
}
