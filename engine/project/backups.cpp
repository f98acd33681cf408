#include "engine/project/backups.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "engine/core/files.h"
#include "engine/project/project.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

fs::path backupsFolderOf(const fs::path& takesFolder) { return takesFolder / "backups"; }

/// "2026-07-01T12-00-00.123Z": sorts by time, and every file system takes it.
std::string nameOf(std::chrono::system_clock::time_point time) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  std::strftime(date.data(), date.size(), "%Y-%m-%dT%H-%M-%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(milliseconds % 1000));
  return std::string(date.data()) + fraction.data();
}

}  // namespace

std::vector<fs::path> listBackups(const fs::path& takesFolder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(backupsFolderOf(takesFolder), ignored)) {
    if (file.path().extension() == ".kinescore") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end(), std::greater<>());
  return files;
}

Status keepBackup(const fs::path& project, const fs::path& takesFolder, std::chrono::system_clock::time_point now) {
  const fs::path folder = backupsFolderOf(takesFolder);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Error{ErrorCode::IoFailed, "the folder for backups cannot be made: " + error.message() + "."};
  fs::path backup = folder / (nameOf(now) + ".kinescore");
  for (int i = 2; fs::exists(backup); ++i) backup = folder / (nameOf(now) + "-" + std::to_string(i) + ".kinescore");

  // A save replaces the file by renaming, so a second name keeps the old one at no cost.
  if (::link(project.c_str(), backup.c_str()) != 0) {
    const Result<std::string> bytes = readFile(project);
    if (!bytes) return bytes.error();
    if (Status s = saveFileSafely(backup, *bytes); !s) return s;
  }
  const std::vector<fs::path> backups = listBackups(takesFolder);
  for (std::size_t i = kBackupsKept; i < backups.size(); ++i) fs::remove(backups[i], error);
  return {};
}

std::set<std::string> takesNamedByBackups(const fs::path& takesFolder) {
  std::set<std::string> ids;
  for (const fs::path& file : listBackups(takesFolder)) {
    const Result<std::string> bytes = readFile(file, kMaxProjectBytes);
    if (!bytes) continue;
    const Result<OpenedProject> backup = readProject(*bytes, file.stem().string());
    if (!backup) continue;
    for (const TakeEntry& take : backup->document.takes) ids.insert(take.id);
  }
  return ids;
}

}  // namespace kinescore
