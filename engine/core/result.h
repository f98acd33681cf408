// What a function returns when it can fail for a reason the user should read.
//
//   Result<Motion> motion = readBvh(bytes);
//   if (!motion) return motion.error().withContext("Could not import walk.bvh");
//   use(*motion);
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace kinescore {

enum class ErrorCode {
  InvalidArgument,  ///< asked for something that makes no sense (usage, exit code 2)
  BadInput,         ///< a file or a text is damaged or of the wrong kind (exit code 3)
  NotFound,         ///< a file or an object is missing (exit code 3)
  IoFailed,         ///< the disk or the system refused (exit code 3)
  Unsupported,      ///< a right input that this version cannot use (exit code 3)
  Cancelled,        ///< the user stopped it
  EngineFailed,     ///< the engine itself failed: memory, device, weights (exit code 4)
};

/// `code` is for the program to branch on, `message` is one clear sentence for the person: what,
/// where, what to do.
struct Error {
  ErrorCode code = ErrorCode::InvalidArgument;
  std::string message;

  /// "context: message"
  [[nodiscard]] Error withContext(const std::string& context) const {
    return {code, context + ": " + message};
  }
  bool operator==(const Error&) const = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { assert(ok()); return std::get<0>(state_); }
  const T& value() const& { assert(ok()); return std::get<0>(state_); }
  T&& value() && { assert(ok()); return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const { assert(!ok()); return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), ok_(false) {}

  [[nodiscard]] bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const { assert(!ok_); return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

using Status = Result<void>;

/// The process exit code that belongs to an error (design: 0 ok, 2 usage, 3 bad input, 4 engine,
/// 5 partial).
[[nodiscard]] inline int exitCodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument: return 2;
    case ErrorCode::BadInput:
    case ErrorCode::NotFound:
    case ErrorCode::IoFailed:
    case ErrorCode::Unsupported: return 3;
    case ErrorCode::Cancelled:
    case ErrorCode::EngineFailed: return 4;
  }
  return 4;
}

}  // namespace kinescore
