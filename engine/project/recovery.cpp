#include "engine/project/recovery.h"

#include <algorithm>

#include "engine/core/files.h"
#include "engine/project/backups.h"
#include "engine/project/media_files.h"
#include "engine/project/take_store.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

std::chrono::system_clock::time_point changedAt(const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  if (error) return {};
  return std::chrono::time_point_cast<std::chrono::system_clock::duration>(fs::file_time_type::clock::to_sys(time));
}

std::vector<fs::path> filesIn(const fs::path& folder, const char* ending) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& file : fs::directory_iterator(folder, ignored)) {
    if (file.path().extension() == ending) files.push_back(file.path());
  }
  return files;
}

/// Names everything from the root, as the project in `folder` named it.
Status nameInFull(ProjectDocument& document, const fs::path& folder) {
  Result<Timeline> timeline = withMediaNamedFrom(document.timeline, folder, {});
  if (!timeline) return timeline.error();
  document.timeline = *std::move(timeline);
  std::string& draft = document.settings.draft;
  const bool isFile = draft.find_first_not_of("0123456789") != std::string::npos;
  if (isFile) draft = (fs::absolute(folder) / draft).lexically_normal().string();
  return {};
}

Result<OpenedProject> openBackup(const RecoverableVersion& version) {
  Result<OpenedProject> opened = openProject(version.file, takesFolderOf(version.project));
  if (!opened) return opened;
  if (Status named = nameInFull(opened->document, version.project.parent_path()); !named) return named.error();
  return opened;
}

/// The saved version that the edits of a journal were made on: the project, or one of its backups.
Result<OpenedProject> startOf(const RecoverableVersion& version, const RecoveredJournal& journal) {
  if (!journal.start.snapshot.empty()) return readProject(journal.start.snapshot, "Untitled");
  std::vector<fs::path> candidates{version.project};
  for (const RecoverableVersion& backup : savedVersions(version.project)) candidates.push_back(backup.file);
  for (const fs::path& file : candidates) {
    RecoverableVersion saved = version;
    saved.file = file;
    Result<OpenedProject> opened = openBackup(saved);
    if (!opened) continue;
    const bool holdsStart = opened->document.timeline.contentHash() == journal.start.timelineHash;
    if (holdsStart || !editsToRecover(opened->document.timeline, journal).empty()) return opened;
  }
  return Error{ErrorCode::BadInput, "The edits were made on a version of “" + version.project.filename().string() +
                                        "” that is no longer there; they cannot be brought back."};
}

Result<OpenedProject> openUnsaved(const RecoverableVersion& version) {
  const Result<RecoveredJournal> journal = recoverJournal(version.file);
  if (!journal) return journal.error();
  Result<OpenedProject> opened = startOf(version, *journal);
  if (!opened) return opened;
  int applied = 0;
  opened->document.timeline = replay(opened->document.timeline, *journal, applied);
  addTakesBeside(version.file, opened->document);
  return opened;
}

}  // namespace

std::vector<RecoverableVersion> unsavedWork(const fs::path& stateFolder) {
  std::vector<RecoverableVersion> found;
  if (stateFolder.empty()) return found;
  for (const fs::path& file : filesIn(stateFolder / "journals", ".journal")) {
    if (isJournalInUse(file)) continue;
    const Result<RecoveredJournal> journal = recoverJournal(file);
    const int takes = int(filesIn(takesFolderOfJournal(file), ".safetensors").size());
    if (!journal || (journal->entries.empty() && journal->start.snapshot.empty() && takes == 0)) continue;
    found.push_back({RecoverableVersion::Kind::UnsavedWork, file, journal->start.projectPath, changedAt(file),
                     int(journal->entries.size()), takes});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.when > b.when; });
  return found;
}

std::vector<RecoverableVersion> savedVersions(const fs::path& project) {
  std::vector<RecoverableVersion> found;
  if (project.empty()) return found;
  for (const fs::path& file : listBackups(takesFolderOf(project))) {
    found.push_back({RecoverableVersion::Kind::Backup, file, project, changedAt(file), 0, 0});
  }
  return found;
}

Result<OpenedProject> openVersion(const RecoverableVersion& version) {
  Result<OpenedProject> opened =
      version.kind == RecoverableVersion::Kind::Backup ? openBackup(version) : openUnsaved(version);
  if (opened) makeOwn(opened->document);
  return opened;
}

Status keepTakeBeside(const fs::path& journal, const Take& take) {
  const Result<std::string> bytes = writeTake(take);
  if (!bytes) return bytes.error();
  const fs::path folder = takesFolderOfJournal(journal);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Error{ErrorCode::IoFailed, "The take cannot be kept safe against a crash: " + error.message() + "."};
  return saveFileSafely(takePath(folder, take.id), *bytes);
}

void addTakesBeside(const fs::path& journal, ProjectDocument& document) {
  std::vector<std::shared_ptr<const Take>> takes;
  const fs::path folder = takesFolderOfJournal(journal);
  for (const fs::path& file : filesIn(folder, ".safetensors")) {
    // One that the crash cut off is refused by its content and left out.
    if (auto take = loadTake(folder, file.stem().string()); take) takes.push_back(std::move(*take));
  }
  std::sort(takes.begin(), takes.end(), [](const auto& a, const auto& b) { return a->number < b->number; });
  for (auto& take : takes) {
    if (document.findTake(take->id) == nullptr) document.addTake(std::move(take));
  }
}

}  // namespace kinescore
