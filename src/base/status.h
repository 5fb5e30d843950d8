// Status: success, or an error code with a sentence. Result<T>: a value or a Status.
//
// Success costs one null pointer. The code is the number the C API returns (aclError); the tag is
// the printed code of tools and log lines ("E10016", "EE1001"), empty when there is none.
// Not thread-safe for concurrent mutation; freely movable between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace poacl {

class [[nodiscard]] Status {
 public:
  Status() noexcept = default;

  // `code` must not be 0. `message` is a full sentence: what was asked, what was found, the
  // numbers, what to do.
  Status(int32_t code, std::string message, std::string tag = {})
      : rep_(std::make_shared<const Rep>(Rep{code, std::move(message), std::move(tag)})) {}

  bool ok() const noexcept { return rep_ == nullptr; }
  int32_t code() const noexcept { return rep_ ? rep_->code : 0; }
  std::string_view message() const noexcept {
    return rep_ ? std::string_view(rep_->message) : std::string_view();
  }
  std::string_view tag() const noexcept {
    return rep_ ? std::string_view(rep_->tag) : std::string_view();
  }

  // The same error with "prefix: " before its sentence; success stays success.
  Status with_context(std::string_view prefix) const {
    if (ok()) return {};
    return Status(rep_->code, std::string(prefix) + ": " + rep_->message, rep_->tag);
  }

 private:
  struct Rep {
    int32_t code;
    std::string message;
    std::string tag;
  };
  std::shared_ptr<const Rep> rep_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {}

  bool ok() const noexcept { return value_.has_value(); }
  const Status& status() const noexcept { return status_; }
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace poacl

#define POACL_CONCAT_INNER(a, b) a##b
#define POACL_CONCAT(a, b) POACL_CONCAT_INNER(a, b)

#define POACL_RETURN_IF_ERROR(expr)                                                     \
  do {                                                                                  \
    if (::poacl::Status poacl_status = (expr); !poacl_status.ok()) return poacl_status; \
  } while (false)

// POACL_ASSIGN_OR_RETURN(auto x, f()): declares or assigns, or returns f's Status.
#define POACL_ASSIGN_OR_RETURN(lhs, expr) \
  POACL_ASSIGN_OR_RETURN_INNER(POACL_CONCAT(poacl_result_, __LINE__), lhs, expr)
#define POACL_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                 \
  if (!tmp.ok()) return tmp.status();                \
  lhs = std::move(tmp).value()
