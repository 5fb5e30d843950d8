#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "atc/atc.h"

int main(int argc, char** argv) {
  // A file beyond the size limit is then a failed write, which is reported and cleaned up.
  std::signal(SIGXFSZ, SIG_IGN);
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return poacl::atc::run_atc(words, std::cout, std::cerr);
}
