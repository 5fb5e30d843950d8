// Arrays as numpy.save writes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace msame {

struct NpyHeader {
  std::string dtype;  // numpy's name without byte order: "f4", "u1", "i8", "b1"
  std::vector<int64_t> dims;
  size_t data_at = 0;  // bytes before the elements
};

// Checks the header in `bytes`, the whole file. Throws Failure, whose sentence begins with `path`,
// for what is no such file, big-endian numbers, Fortran order, or fewer bytes than the shape needs.
NpyHeader parse_npy(std::string_view bytes, const std::string& path);

// aclDataType -> numpy's name; "" for types numpy has no name for.
std::string_view npy_type_of(int acl_type);

}  // namespace msame
