#include "engine/core/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kLargePieceBytes = 1 << 20;

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

Error existsAlready(const fs::path& path) {
  return {ErrorCode::InvalidArgument,
          "“" + path.string() + "” is there already; choose another name or remove it first."};
}

Error saveError(const fs::path& path, int error) {
  // in a folder that is not there nothing was there before
  const char* advice = error == ENOENT ? "Save to another place." : "The file that was there is untouched; save to another place.";
  return {ErrorCode::IoFailed, "Could not save “" + path.filename().string() + "”: " + reasonOf(error) + ". " + advice};
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

fs::path folderOf(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }
fs::path temporaryOf(const fs::path& path) { return folderOf(path) / ("." + path.filename().string() + ".part"); }

struct OpenedFile {
  FileDescriptor fd;
  std::uint64_t size = 0;
};

Result<OpenedFile> openToRead(const fs::path& path) {
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info {};
  if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
    if (errno == ENOENT) return Error{ErrorCode::NotFound, "“" + path.string() + "” does not exist."};
    return Error{ErrorCode::IoFailed, "“" + path.string() + "” cannot be opened: " + std::strerror(errno) + "."};
  }
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::BadInput, "“" + path.string() + "” is not a file."};
  }
  return OpenedFile{std::move(fd), static_cast<std::uint64_t>(info.st_size)};
}

/// Gives a file its name unless another has it by now; 0 or an errno.
int renameWithoutReplacing(const fs::path& from, const fs::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // this disk knows no such rename
  std::error_code failed;
  if (fs::exists(to, failed) || failed) return EEXIST;
  return ::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}
FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
bool FileDescriptor::close() { return ::close(std::exchange(fd_, -1)) == 0; }

Result<std::string> readFile(const fs::path& path, std::uint64_t limitBytes) {
  const std::string name = path.filename().string();
  Result<OpenedFile> opened = openToRead(path);
  if (!opened) return opened.error();
  const auto& [fd, size] = *opened;
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
  const fs::path temporary = temporaryOf(path);
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
  if (const int error = syncFolder(folderOf(path))) return saveError(path, error);
  return {};
}

Result<InputFile> InputFile::open(const fs::path& path) {
  Result<OpenedFile> opened = openToRead(path);
  if (!opened) return opened.error();
  InputFile file;
  file.fd_ = std::move(opened->fd);
  file.size_ = opened->size;
  file.name_ = path.filename().string();
  return file;
}

Status InputFile::readAt(std::uint64_t offset, std::span<char> to) const {
  while (!to.empty()) {
    const ssize_t got = ::pread(fd_.get(), to.data(), to.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error{ErrorCode::IoFailed, "“" + name_ + "” cannot be read: " + std::strerror(errno) + "."};
    if (got == 0) return Error{ErrorCode::BadInput, "“" + name_ + "” ends too early."};
    to = to.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

Result<std::string> sha256OfFile(const InputFile& file, const GoOn& goOn) {
  Sha256 hash;
  std::vector<char> piece(kLargePieceBytes);
  for (std::uint64_t done = 0; done < file.size();) {
    if (goOn && !goOn(double(done) / double(file.size()))) return Error{ErrorCode::Cancelled, "Stopped."};
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), file.size() - done));
    if (Status read = file.readAt(done, std::span(piece).first(count)); !read) return read.error();
    hash.update(std::string_view(piece.data(), count));
    done += count;
  }
  return hash.finishHex();
}

Result<NewFile> NewFile::create(const fs::path& path) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(path, ignored))) return existsAlready(path);
  NewFile file;
  fs::remove(temporaryOf(path), ignored);  // left over from a crash
  file.fd_ = FileDescriptor(::open(temporaryOf(path).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (file.fd_.get() < 0) return saveError(path, errno);
  file.path_ = path;
  file.temporary_ = temporaryOf(path);
  return file;
}

NewFile::NewFile(NewFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      hash_(other.hash_) {}

NewFile::~NewFile() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove(temporary_, ignored);
}

Status NewFile::append(std::string_view bytes) {
  assert(!temporary_.empty());
  if (const int error = writePieces(fd_.get(), bytes)) return saveError(path_, error);
  hash_.update(bytes);
  return {};
}

Result<std::string> NewFile::finish(const GoOn& goOn) {
  assert(!temporary_.empty());
  if (::fsync(fd_.get()) != 0) return saveError(path_, errno);
  if (!fd_.close()) return saveError(path_, errno);
  const std::string written = hash_.finishHex();
  Result<InputFile> back = InputFile::open(temporary_);
  if (!back) return saveError(path_, EIO);
  const Result<std::string> readBack = sha256OfFile(*back, goOn);
  if (!readBack && readBack.error().code == ErrorCode::Cancelled) return readBack.error();
  if (!readBack || *readBack != written) return saveError(path_, EIO);
  if (const int error = renameWithoutReplacing(temporary_, path_)) {
    return error == EEXIST ? existsAlready(path_) : saveError(path_, error);
  }
  temporary_.clear();
  if (const int error = syncFolder(folderOf(path_))) return saveError(path_, error);
  return written;
}

}  // namespace kinescore
