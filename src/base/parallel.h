// ParallelFor: the one way a kernel uses more than one core. The runtime's pool implements it.
#pragma once

#include <cstdint>
#include <type_traits>

namespace poacl {

class ParallelFor {
 public:
  virtual ~ParallelFor() = default;

  // Upper bound of the participants of one call, the caller included; worker numbers are below it.
  virtual int width() const noexcept = 0;

  // Calls fn(ctx, chunk, worker) once for every chunk in [0, chunks), possibly concurrently, and
  // returns when all are done. `worker` in [0, width()) is unique among concurrent calls, so it
  // may index per-worker scratch. The caller takes part. fn must not throw or call ParallelFor.
  // Allocates nothing.
  virtual void run(int64_t chunks, void (*fn)(void* ctx, int64_t chunk, int worker), void* ctx) = 0;

  template <typename F>
  void operator()(int64_t chunks, F&& body) {
    using Body = std::remove_reference_t<F>;
    run(
        chunks,
        [](void* ctx, int64_t chunk, int worker) { (*static_cast<Body*>(ctx))(chunk, worker); },
        const_cast<std::remove_const_t<Body>*>(&body));
  }
};

// All chunks in order on the calling thread.
class SerialFor final : public ParallelFor {
 public:
  int width() const noexcept override { return 1; }
  void run(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx) override {
    for (int64_t i = 0; i < chunks; ++i) fn(ctx, i, 0);
  }
};

}  // namespace poacl
