#include "capi/dvpp_objects.h"

namespace poacl::capi {
namespace {

template <typename... Types>
int make_tables() {
  (objects<Types>(), ...);
  return 0;
}
[[maybe_unused]] const int tables_made_early =
    make_tables<PicDesc, BatchPicDesc, ChannelDesc, RoiConfig, ResizeConfig, BorderConfig,
                JpegeConfig, Hist, LutMap>();

}  // namespace
}  // namespace poacl::capi
