// Reading whole files with a limit or large ones piece by piece, and the one way in which everything
// a user could lose is written: in one go or, when it is large, in pieces.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/hash.h"
#include "engine/core/result.h"

namespace kinescore {

/// An open file of the system; closed with this object.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  [[nodiscard]] int get() const { return fd_; }
  /// Closes now and says whether the system took all of it (some errors show only here).
  bool close();

 private:
  int fd_;
};

constexpr std::uint64_t kDefaultReadLimitBytes = 1ull << 30;

/// The whole file as bytes. A folder, a device or more than `limitBytes` is an error.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path,
                                           std::uint64_t limitBytes = kDefaultReadLimitBytes);

/// Replaces `path` by `bytes` so that at every instant either the old or the new file is whole:
/// temporary file beside it, checked writes in pieces, fsync, read back and compared by hash,
/// rename, fsync of the folder. On failure the old file is untouched and the temporary is gone.
[[nodiscard]] Status saveFileSafely(const std::filesystem::path& path, std::string_view bytes);

/// A file too large to be held in memory, read where it is needed.
class InputFile {
 public:
  [[nodiscard]] static Result<InputFile> open(const std::filesystem::path& path);

  /// Its name without the folder, as errors show it.
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Fills `to` from `offset` on; an end before that is an error. May be called by several threads.
  [[nodiscard]] Status readAt(std::uint64_t offset, std::span<char> to) const;

 private:
  InputFile() = default;
  FileDescriptor fd_;
  std::string name_;
  std::uint64_t size_ = 0;
};

/// Hears how much of the work is done, 0…1, and says whether to go on.
using GoOn = std::function<bool(double fraction)>;

/// The SHA-256 of a whole file, lower-case hexadecimal.
[[nodiscard]] Result<std::string> sha256OfFile(const InputFile& file, const GoOn& goOn = {});

/// Writes a new large file in pieces, with the promises of saveFileSafely: under its own name it appears
/// only when it is whole and reads back as written. Never replaces a file.
class NewFile {
 public:
  /// Refuses when `path` is there already.
  [[nodiscard]] static Result<NewFile> create(const std::filesystem::path& path);
  ~NewFile();  ///< What was not finished is removed.
  NewFile(NewFile&&) noexcept;
  NewFile& operator=(NewFile&&) = delete;

  [[nodiscard]] Status append(std::string_view bytes);
  /// The SHA-256 of what was written. Nothing can be appended afterwards.
  [[nodiscard]] Result<std::string> finish(const GoOn& goOn = {});

 private:
  NewFile() = default;
  FileDescriptor fd_;
  std::filesystem::path path_, temporary_;  // `temporary_` is empty once there is none
  Sha256 hash_;
};

}  // namespace kinescore
