// Lists of `npu-smi info -l`, `-m` and `-t <type>`: one "name : value" per line.
#pragma once

#include <optional>
#include <string>

#include "machine.h"

namespace poacl::smi {

std::string card_list(const Machine& machine);
std::string mapping(const Machine& machine);

// What `-t type -i device` prints; empty for a type that these devices know nothing of. `chip`: as
// `-c` says, the chip's number then follows.
std::optional<std::string> details(const Machine& machine, const std::string& type, int device,
                                   bool chip);

// "board, common, ...".
std::string known_types();

}  // namespace poacl::smi
