#include "engine/project/project.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/core/files.h"
#include "engine/project/backups.h"
#include "engine/project/take_store.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

constexpr const char* kLockName = "lock";

std::string stemOf(const fs::path& path) { return path.stem().string(); }

Status makeFolder(const fs::path& folder) {
  std::error_code error, ignored;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    return Error{ErrorCode::IoFailed, error && !fs::exists(folder, ignored)
                                          ? "The folder of the project cannot be written to (" + error.message() + ")."
                                          : "A file named “" + folder.filename().string() + "” stands where the takes need a folder."};
  }
  return {};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 5; ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() > 5 ? text + ", …" : text;
}

void loadTakes(const fs::path& folder, OpenedProject& opened) {
  std::vector<std::string> missing;
  for (TakeEntry& entry : opened.document.takes) {
    auto take = loadTake(folder, entry.id);
    if (take) {
      entry.take = std::move(*take);
      entry.file = takePath(folder, entry.id);
    } else if (take.error().code == ErrorCode::NotFound) {
      missing.push_back(entry.name);
    } else {
      opened.warnings.push_back("“" + entry.name + "” cannot be shown; generate it again. " + take.error().message);
    }
  }
  if (!missing.empty()) {
    opened.warnings.push_back((missing.size() == 1 ? "A take is missing (" : "Takes are missing (") + joined(missing) +
                              "); generate again.");
  }
}

/// Whether the file at `path` may be replaced by a project of this version.
Status checkReplaceable(const fs::path& path, const std::string& oldBytes) {
  const Result<OpenedProject> old = readProject(oldBytes, stemOf(path));
  const bool isNewer = old ? old->document.readOnly : old.error().code == ErrorCode::Unsupported;
  if (!isNewer) return {};
  return Error{ErrorCode::Unsupported, "“" + path.filename().string() +
                                           "” was written by a newer version of Kinescore and stays as it is; save under another name."};
}

/// 1 when a file was written, 0 when it was there already.
Result<int> storeTake(const TakeEntry& entry, const fs::path& folder) {
  const fs::path target = takePath(folder, entry.id);
  if (entry.file == target && fs::exists(target)) return 0;
  // A take that was read is copied as it was written, whatever version wrote it.
  Result<std::string> bytes = entry.file.empty() ? writeTake(*entry.take) : readFile(entry.file);
  if (!bytes && !entry.file.empty()) bytes = writeTake(*entry.take);
  if (!bytes) return bytes.error();
  if (const Result<std::string> there = readFile(target); there && *there == *bytes) return 0;
  if (Status s = saveFileSafely(target, *bytes); !s) return s.error();
  return 1;
}

/// Removes take files that neither the document, nor `alsoKeep`, nor a backup names.
int removeUnused(const ProjectDocument& document, const fs::path& folder, const SaveOptions& options) {
  std::vector<fs::path> candidates;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(folder, ignored)) {
    const std::string id = file.path().stem().string();
    if (file.path().extension() != ".safetensors" || !isTakeId(id)) continue;
    if (document.findTake(id) == nullptr && options.alsoKeep.count(id) == 0) candidates.push_back(file.path());
  }
  if (candidates.empty()) return 0;
  const std::set<std::string> inBackups = takesNamedByBackups(folder);
  int removed = 0;
  for (const fs::path& file : candidates) {
    if (inBackups.count(file.stem().string()) == 0 && fs::remove(file, ignored)) ++removed;
  }
  return removed;
}

}  // namespace

const TakeEntry* ProjectDocument::findTake(std::string_view id) const {
  const auto found = std::find_if(takes.begin(), takes.end(), [&](const TakeEntry& t) { return t.id == id; });
  return found == takes.end() ? nullptr : &*found;
}

int ProjectDocument::nextTakeNumber() const {
  int last = 0;
  for (const TakeEntry& take : takes) last = std::max(last, take.number);
  return last + 1;
}

void ProjectDocument::addTake(std::shared_ptr<const Take> take) {
  shownTakeId = take->id;
  const auto known = std::find_if(takes.begin(), takes.end(), [&](const TakeEntry& t) { return t.id == take->id; });
  if (known != takes.end()) {
    if (!known->take) known->take = std::move(take);  // its file was missing; now it is back
    return;
  }
  TakeEntry entry;
  entry.id = take->id;
  entry.number = take->number;
  entry.name = take->name;
  entry.starred = take->starred;
  entry.take = std::move(take);
  takes.push_back(std::move(entry));
}

fs::path takesFolderOf(const fs::path& project) { return fs::path(project) += ".d"; }

fs::path nextVersionOf(const fs::path& project) {
  constexpr std::size_t kDigits = 3;
  std::string stem = project.stem().string();
  std::uint64_t number = 1;
  const std::size_t dash = stem.rfind('-');
  const std::string tail = dash == std::string::npos ? std::string() : stem.substr(dash + 1);
  if (tail.size() >= kDigits && tail.size() < 10 && tail.find_first_not_of("0123456789") == std::string::npos) {
    number = std::stoull(tail);
    stem.resize(dash);
  }
  while (true) {
    const std::string digits = std::to_string(++number);
    const std::string zeros(digits.size() < kDigits ? kDigits - digits.size() : 0, '0');
    fs::path next = project;
    next.replace_filename(stem + "-" + zeros + digits + project.extension().string());
    if (std::error_code ignored; !fs::exists(next, ignored)) return next;
  }
}

Result<OpenedProject> openProject(const fs::path& path) { return openProject(path, takesFolderOf(path)); }

Result<OpenedProject> openProject(const fs::path& path, const fs::path& takesFolder) {
  const Result<std::string> bytes = readFile(path, kMaxProjectBytes);
  if (!bytes) return bytes.error();
  Result<OpenedProject> opened = readProject(*bytes, stemOf(path));
  if (!opened) return opened.error();
  loadTakes(takesFolder, *opened);
  return opened;
}

Result<SavedProject> saveProject(const ProjectDocument& document, const fs::path& path, const SaveOptions& options) {
  if (document.readOnly) {
    return Error{ErrorCode::Unsupported, "“" + document.name + "” was written by a newer version of Kinescore and cannot be saved by this one."};
  }
  const Result<std::string> oldBytes = readFile(path, kMaxProjectBytes);
  if (oldBytes) {
    if (Status s = checkReplaceable(path, *oldBytes); !s) return s.error();
  } else if (oldBytes.error().code != ErrorCode::NotFound) {
    return oldBytes.error();
  }

  SavedProject saved;
  const fs::path folder = takesFolderOf(path);
  for (const TakeEntry& entry : document.takes) {
    if (!entry.take || !isTakeId(entry.id)) continue;
    if (Status s = makeFolder(folder); !s) return s.error();
    const Result<int> written = storeTake(entry, folder);
    if (!written) return written.error();
    saved.takesWritten += *written;
  }

  const std::string bytes = writeProject(document);
  if (bytes.size() > kMaxProjectBytes) {
    return Error{ErrorCode::Unsupported, "“" + document.name + "” has grown beyond " + std::to_string(kMaxProjectBytes >> 20) +
                                             " MB and could not be opened again; split it."};
  }
  if (!oldBytes || *oldBytes != bytes) {
    if (oldBytes) {
      Status kept = makeFolder(folder);
      if (kept) kept = keepBackup(path, folder, options.now.value_or(std::chrono::system_clock::now()));
      if (!kept) saved.warnings.push_back("The previous version could not be kept: " + kept.error().message);
    }
    if (Status s = saveFileSafely(path, bytes); !s) return s.error();
  }
  saved.filesRemoved = removeUnused(document, folder, options);
  return saved;
}

bool isProjectOpenElsewhere(const fs::path& project) {
  const FileDescriptor file(::open((takesFolderOf(project) / kLockName).c_str(), O_RDONLY | O_CLOEXEC));
  return file.get() >= 0 && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

Result<ProjectLock> ProjectLock::acquire(const fs::path& project) {
  const fs::path folder = takesFolderOf(project);
  const fs::path file = folder / kLockName;
  const std::string name = "“" + project.filename().string() + "”";
  for (int attempt = 0; attempt < 10; ++attempt) {
    if (Status s = makeFolder(folder); !s) return s.error();
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 && errno == ENOENT) continue;  // the last holder took the folder away just now
    if (fd < 0) return Error{ErrorCode::IoFailed, name + " cannot be locked; it can only be looked at."};
    ProjectLock lock(fd, folder);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      lock.folder_.clear();  // the file is the other's
      return Error{ErrorCode::IoFailed, name + " is open in another Kinescore; close it there first."};
    }
    // What is locked must still be the file others will find.
    struct stat ours {}, theirs {};
    const bool isSame = ::fstat(fd, &ours) == 0 && ::stat(file.c_str(), &theirs) == 0 && ours.st_ino == theirs.st_ino;
    if (isSame) return lock;
    lock.folder_.clear();
  }
  return Error{ErrorCode::IoFailed, name + " cannot be locked; it can only be looked at."};
}

ProjectLock::ProjectLock(ProjectLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), folder_(std::move(other.folder_)) {}

ProjectLock& ProjectLock::operator=(ProjectLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(folder_, other.folder_);
  return *this;
}

ProjectLock::~ProjectLock() {
  if (fd_ < 0) return;
  if (!folder_.empty()) {
    std::error_code ignored;
    fs::remove(folder_ / kLockName, ignored);
    ::rmdir(folder_.c_str());  // only when nothing else is in it
  }
  ::close(fd_);
}

}  // namespace kinescore
