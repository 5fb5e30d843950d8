#include <cstdio>
#include <exception>

#include "npu_smi.h"

int main(int argc, char** argv) {
  try {
    return poacl::smi::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "npu-smi: %s\n", error.what());
    return 1;
  }
}
