// A fixed set of numbered slots, claimed and given back by compare-and-swap.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

namespace poacl::runtime {

class SlotMask {
 public:
  static constexpr int kMaxSlots = 256;

  // Marks slots [0, count) clear.
  explicit SlotMask(int count) : count_(count), words_used_((count + 63) / 64) {}

  // Sets the lowest clear slot and returns its number; -1 when all are set.
  int try_claim() noexcept {
    for (int w = 0; w < words_used_; ++w) {
      uint64_t bits = words_[w].load(std::memory_order_relaxed);
      while (const uint64_t clear = ~bits & valid(w)) {
        const uint64_t bit = clear & (~clear + 1);
        if (words_[w].compare_exchange_weak(bits, bits | bit)) {
          return w * 64 + std::countr_zero(bit);
        }
      }
    }
    return -1;
  }

  void set(int slot) noexcept { words_[slot / 64].fetch_or(bit_of(slot)); }
  void clear(int slot) noexcept { words_[slot / 64].fetch_and(~bit_of(slot)); }

  int used() const noexcept {
    int total = 0;
    for (int w = 0; w < words_used_; ++w) total += std::popcount(words_[w].load());
    return total;
  }
  int unused() const noexcept { return count_ - used(); }

  // Calls visit(slot) for set slots until it returns true; whether it did.
  template <typename F>
  bool any(F&& visit) const noexcept {
    for (int w = 0; w < words_used_; ++w) {
      for (uint64_t bits = words_[w].load(); bits != 0; bits &= bits - 1) {
        if (visit(w * 64 + std::countr_zero(bits))) return true;
      }
    }
    return false;
  }

 private:
  static uint64_t bit_of(int slot) noexcept { return uint64_t{1} << (slot % 64); }
  uint64_t valid(int word) const noexcept {
    const int left = count_ - word * 64;
    return left >= 64 ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
  }

  const int count_;
  const int words_used_;
  std::array<std::atomic<uint64_t>, kMaxSlots / 64> words_{};
};

}  // namespace poacl::runtime
