// Whether a picture's numbers agree with each other and with its buffer.
#pragma once

#include <string_view>

#include "base/status.h"
#include "media/picture.h"

namespace poacl::media {

// Known format, sides of at least 1, width stride of at least min_width_stride, height stride of
// at least the height (both at most 2^28), a buffer that holds every row (touched_bytes), data not
// null unless `with_data` is false. 100000 and a sentence with what was found and what is needed;
// it begins with `what` ("output picture").
Status check_picture(const Picture& picture, std::string_view what, bool with_data = true);

}  // namespace poacl::media
