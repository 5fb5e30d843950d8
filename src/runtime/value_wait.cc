#include "runtime/value_wait.h"

#include <atomic>
#include <memory>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "runtime/address_check.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

constexpr int64_t kLookEveryNs = 200'000;

Status check_word(const void* address) {
  if (reinterpret_cast<uintptr_t>(address) % sizeof(uint64_t) != 0) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("address {} is not a multiple of 8", address));
  }
  return check_memory(address, sizeof(uint64_t), "value's address", ACL_ERROR_RT_PARAM_INVALID);
}

class ValueInMemory final : public Waitable {
 public:
  ValueInMemory(void* address, uint64_t value, uint32_t comparison)
      : address_(address), value_(value), comparison_(comparison) {}

  bool is_open(uint64_t /*number*/) const override {
    // The program may have freed the memory since the wait was queued.
    return check_word(address_).ok() && compares(word());
  }
  Parking park(uint64_t number, const std::shared_ptr<Stream>& /*stream*/, bool closing) override {
    if (is_open(number)) return Parking::kPasses;
    return closing || !check_word(address_).ok() ? Parking::kHopeless : Parking::kParked;
  }
  int64_t look_every_ns() const override { return kLookEveryNs; }
  std::string hopeless(bool /*closing*/) const override {
    const Status status = check_word(address_);
    return std::string(status.message());
  }
  std::string description(uint64_t /*number*/) const override {
    constexpr const char* kSigns[] = {">=", "==", "and", "nor"};
    return fmt::format("the word at {} to be {} {}{}", address_, kSigns[comparison_], value_,
                       check_word(address_).ok() ? fmt::format("; it is {}", word()) : "");
  }

 private:
  uint64_t word() const {
    return std::atomic_ref<uint64_t>(*static_cast<uint64_t*>(address_))
        .load(std::memory_order_acquire);
  }
  bool compares(uint64_t found) const {
    switch (comparison_) {
      case kValueAtLeast:
        return found >= value_;
      case kValueEquals:
        return found == value_;
      case kValueAnd:
        return (found & value_) != 0;
      default:
        return ~(found | value_) != 0;
    }
  }

  void* const address_;
  const uint64_t value_;
  const uint32_t comparison_;
};

}  // namespace

Status write_value(void* address, uint64_t value, Stream& stream) {
  POACL_RETURN_IF_ERROR(check_word(address));
  return stream.append_short({[address, value](TaskContext&) -> Status {
                                POACL_RETURN_IF_ERROR(check_word(address));
                                std::atomic_ref<uint64_t>(*static_cast<uint64_t*>(address))
                                    .store(value, std::memory_order_release);
                                return {};
                              },
                              "aclrtValueWrite"});
}

Status wait_value(void* address, uint64_t value, uint32_t comparison, Stream& stream) {
  POACL_RETURN_IF_ERROR(check_word(address));
  if (comparison > kValueNor) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("flag {} is no comparison: pass 0 (>=), 1 (==), 2 (and) or 3 (nor)",
                              comparison));
  }
  return stream.append_wait(std::make_shared<ValueInMemory>(address, value, comparison), 0,
                            "aclrtValueWait", -1);
}

}  // namespace poacl::runtime
