// Counting and remapping of sample values (spec: vpc section 6).
#pragma once

#include <array>
#include <cstdint>

#include "media/vpc/transform.h"

namespace poacl::media {

// Of Y, U, V or R, G, B, in this order whatever the order in memory; alpha is left out.
using Histogram = std::array<std::array<uint32_t, 256>, 3>;
using LookupTables = std::array<std::array<uint8_t, 256>, 3>;

// Counts the samples of width x height; a subsampled chroma sample counts once, gray fills only the
// first table. Overwrites `result`. ACL_ERROR_BAD_ALLOC.
Status calc_hist(const Picture& picture, Histogram& result, ParallelFor& parallel);

// Same format and size. ACL_ERROR_INVALID_PARAM.
Status check_apply_tables(const Picture& source, const Picture& destination);

// destination = tables[component][source], alpha copied (the interface's equalize_hist). After
// check_apply_tables. The two may be the same picture.
void apply_tables(const Picture& source, const Picture& destination, const LookupTables& tables,
                  ParallelFor& parallel);

}  // namespace poacl::media
