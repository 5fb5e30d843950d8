// What a stream can stop at: an event, a callback, a notification, a value in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace poacl::runtime {

class Stream;

// A stream that comes to a waitable parks until it is open; no thread waits meanwhile. `number`
// tells apart what different streams wait for at one waitable; its meaning is the waitable's own.
// All members may be called from any thread.
class Waitable {
 public:
  enum class Parking { kParked, kPasses, kHopeless };

  virtual ~Waitable() = default;
  // A parked stream is done with `number` once this is true.
  virtual bool is_open(uint64_t number) const = 0;
  // Asks to call stream->unpark() when the waitable opens; kPasses when it is open already. Called
  // under the stream's lock, again after every unpark. `closing`: the stream is being destroyed
  // and must not wait for what nobody has promised to do, which gives kHopeless.
  virtual Parking park(uint64_t number, const std::shared_ptr<Stream>& stream, bool closing) = 0;
  // The stream has this waitable behind it, whether it passed, gave up or was dropped.
  virtual void leave(uint64_t /*number*/, const Stream& /*stream*/) noexcept {}
  // The stream whose work opens the waitable, when it is queued somewhere; otherwise null.
  virtual std::shared_ptr<Stream> opener(uint64_t /*number*/) const { return nullptr; }
  // Why nobody will open the waitable any more, or "" when somebody may; asked now and then by a
  // thread that waits for the stream.
  virtual std::string hopeless(bool /*closing*/) const { return {}; }
  // Above 0: nobody calls unpark(), so is_open() has to be asked that often.
  virtual int64_t look_every_ns() const { return 0; }
  // "event 0x..., which was never recorded": completes "stream 3 waits for ".
  virtual std::string description(uint64_t number) const = 0;
};

}  // namespace poacl::runtime
