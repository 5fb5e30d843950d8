#include <iostream>
#include <string>
#include <vector>

#include "atc/atc.h"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return poacl::atc::run_atc(words, std::cout, std::cerr);
}
