// The marks by which a file of ours is told from a genuine one.
#pragma once

#include <cstdint>
#include <string_view>

namespace poacl::om {

inline constexpr std::string_view kProducerAttr = "producer";
inline constexpr std::string_view kProducer = "PoACL";
// Of the graph as we store it; raised when an older reader would misread it.
inline constexpr std::string_view kRevisionAttr = "poacl_revision";
inline constexpr int64_t kRevision = 1;
inline constexpr std::string_view kPackedIsaAttr = "poacl_packed_isa";
inline constexpr std::string_view kInputFormatAttr = "poacl_input_format";

}  // namespace poacl::om
