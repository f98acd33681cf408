#include "engine/core/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/core/hash.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { if (fd_ >= 0) ::close(fd_); }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  /// Closes now and says whether the system took all of it (some errors show only here).
  bool close() { const int fd = fd_; fd_ = -1; return ::close(fd) == 0; }

 private:
  int fd_;
};

std::string reasonOf(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "the disk is full";
    case EACCES:
    case EPERM: return "it may not be written";
    case EROFS: return "the disk is read-only";
    case ENOENT: return "the folder does not exist";
    default: return std::strerror(error);
  }
}

Error saveError(const fs::path& path, int error) {
  return {ErrorCode::IoFailed, "Could not save “" + path.filename().string() + "”: " + reasonOf(error) +
                                   ". The file that was there is untouched; save to another place."};
}

/// 0, or the errno of the first call that failed.
int writePieces(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), std::min(bytes.size(), kPieceBytes));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int syncFolder(const fs::path& folder) {
  FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) return errno;
  return ::fsync(fd.get()) == 0 || errno == EINVAL ? 0 : errno;
}

int writeTemporary(const fs::path& temporary, std::string_view bytes, mode_t mode) {
  FileDescriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (fd.get() < 0) return errno;
  if (const int error = writePieces(fd.get(), bytes)) return error;
  if (::fsync(fd.get()) != 0) return errno;
  return fd.close() ? 0 : errno;
}

}  // namespace

Result<std::string> readFile(const fs::path& path, std::uint64_t limitBytes) {
  const std::string name = path.filename().string();
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
    if (errno == ENOENT) return Error{ErrorCode::NotFound, "“" + path.string() + "” does not exist."};
    return Error{ErrorCode::IoFailed, "“" + path.string() + "” cannot be opened: " + std::strerror(errno) + "."};
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::BadInput, "“" + path.string() + "” is not a file."};
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > limitBytes) {
    return Error{ErrorCode::BadInput, "“" + name + "” is too large: " + std::to_string(size >> 20) +
                                          " MB, at most " + std::to_string(limitBytes >> 20) + " MB can be read."};
  }
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = ::read(fd.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{ErrorCode::IoFailed, "“" + name + "” cannot be read: " + std::strerror(errno) + "."};
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

Status saveFileSafely(const fs::path& path, std::string_view bytes) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const fs::path temporary = folder / ("." + path.filename().string() + ".part");
  struct stat old {};
  const mode_t mode = ::stat(path.c_str(), &old) == 0 ? (old.st_mode & 0777) : 0644;

  std::error_code ignored;
  fs::remove(temporary, ignored);  // left over from a crash
  const auto fail = [&](int error) -> Status {
    fs::remove(temporary, ignored);
    return saveError(path, error);
  };
  if (const int error = writeTemporary(temporary, bytes, mode)) return fail(error);

  // A full disk has been seen to accept a write and to lose its end: trust only what reads back.
  const Result<std::string> readBack = readFile(temporary, bytes.size() + 1);
  if (!readBack || sha256Hex(*readBack) != sha256Hex(bytes)) return fail(EIO);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return fail(errno);
  if (const int error = syncFolder(folder)) return saveError(path, error);
  return {};
}

}  // namespace kinescore
