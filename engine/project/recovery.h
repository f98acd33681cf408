// What can be brought back: work that a crash cut off, and earlier saved versions of a project. Each is opened as a copy
// without a name; nothing on the disk is overwritten by it.
//
//   for (const RecoverableVersion& version : unsavedWork(stateFolder)) offer(version);
//   auto opened = openVersion(version);
#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "engine/project/journal.h"
#include "engine/project/project.h"

namespace kinescore {

struct RecoverableVersion {
  enum class Kind { UnsavedWork, Backup };
  Kind kind = Kind::Backup;
  std::filesystem::path file;     // the journal or the backup
  std::filesystem::path project;  // what it belongs to; empty: never saved
  std::chrono::system_clock::time_point when;
  int edits = 0;  // of unsaved work, since its start
  int takes = 0;
  bool operator==(const RecoverableVersion&) const = default;
};

/// Journals that no running program writes to and that hold something; newest first.
[[nodiscard]] std::vector<RecoverableVersion> unsavedWork(const std::filesystem::path& stateFolder);

/// Backups of a project, newest first. Reads no file.
[[nodiscard]] std::vector<RecoverableVersion> savedVersions(const std::filesystem::path& project);

/// The version whole, with its takes. Files of sound and video, and of a draft, are named in full.
[[nodiscard]] Result<OpenedProject> openVersion(const RecoverableVersion& version);

/// Keeps a take that belongs to no saved project yet beside a journal.
[[nodiscard]] Status keepTakeBeside(const std::filesystem::path& journal, const Take& take);
/// Adds the takes that were kept beside a journal; the last of them is shown.
void addTakesBeside(const std::filesystem::path& journal, ProjectDocument& document);

}  // namespace kinescore
