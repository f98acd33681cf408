// A project on disk: `name.kinescore` (JSON: sorted keys, relative paths, one object a block, so
// that two people's changes merge) beside `name.kinescore.d/` (takes, named by content hash, and
// dated backups). The JSON alone opens too; its takes are then missing and can be made again.
//
//   auto opened = openProject("walk.kinescore");
//   if (!opened) return opened.error();
//   show(opened->warnings);
//   opened->document.timeline = …;
//   auto saved = saveProject(opened->document, "walk.kinescore");
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/request/take.h"

namespace kinescore {

constexpr int kProjectMajorVersion = 1;
constexpr int kProjectMinorVersion = 0;
/// A larger project file is refused before it is read.
constexpr std::uint64_t kMaxProjectBytes = std::uint64_t(64) << 20;

/// A take as a project knows it. Name, number and star are the project's; the rest is the take's.
struct TakeEntry {
  std::string id;
  int number = 0;
  std::string name;  // "Take 3"
  bool starred = false;
  std::shared_ptr<const Take> take;  // null: its file is missing or damaged
  std::filesystem::path file;        // where it was read from; empty: not on disk yet
  UnknownFields unknown;
};

/// What the next generation starts from.
struct GenerationSettings {
  std::uint64_t seed = 1;
  Quality quality = Quality::Good;
  SamplingWishes sampling;
  DeviceChoice device = DeviceChoice::Auto;
  int references = kUsualReferences;  // captured moments found for each prompt
  ReferenceWishes wishes;             // which of them are pinned or forbidden
  std::string draft;                  // what to follow: a BVH file, relative to the project, or a take's number
  UnknownFields unknown;
  bool operator==(const GenerationSettings&) const = default;
};

struct ProjectDocument {
  std::string name = "Untitled";  // of the file, without its ending
  Timeline timeline;
  std::vector<TakeEntry> takes;  // oldest first
  std::string shownTakeId;       // empty: none
  GenerationSettings settings;
  /// Written by a newer major version: it can be looked at, not saved.
  bool readOnly = false;
  UnknownFields unknown;                      // of the document
  std::vector<std::string> unknownObjects;    // JSON texts of timeline objects of newer versions

  [[nodiscard]] const TakeEntry* findTake(std::string_view id) const;
  [[nodiscard]] const TakeEntry* shownTake() const { return findTake(shownTakeId); }
  /// The number the next take gets.
  [[nodiscard]] int nextTakeNumber() const;
  /// Puts a take at the end and shows it. The same result again only shows the one that is there.
  void addTake(std::shared_ptr<const Take> take);
};

struct OpenedProject {
  ProjectDocument document;
  std::vector<std::string> warnings;  // sentences for the user
};

struct SaveOptions {
  /// Take files that stay although no take of the document names them: undo steps, the journal.
  std::set<std::string> alsoKeep;
  /// The date of the backup; absent: now.
  std::optional<std::chrono::system_clock::time_point> now;
};

struct SavedProject {
  std::vector<std::string> warnings;
  int takesWritten = 0;
  int filesRemoved = 0;
};

/// `walk.kinescore` -> `walk.kinescore.d`.
[[nodiscard]] std::filesystem::path takesFolderOf(const std::filesystem::path& project);

/// `walk.kinescore` -> `walk-002.kinescore` -> `walk-003.kinescore`: the first after it that is free.
[[nodiscard]] std::filesystem::path nextVersionOf(const std::filesystem::path& project);

[[nodiscard]] Result<OpenedProject> openProject(const std::filesystem::path& path);
/// The same with takes that lie elsewhere: a backup, work that was not saved yet.
[[nodiscard]] Result<OpenedProject> openProject(const std::filesystem::path& path,
                                                const std::filesystem::path& takesFolder);

/// New takes are written and fsynced first, then the previous file becomes a backup, then the JSON
/// is exchanged in one step; at the end take files that nothing refers to are removed. At every
/// instant the project on disk is whole. To another name (Save As) the takes are written again, so
/// that two projects never share a folder.
[[nodiscard]] Result<SavedProject> saveProject(const ProjectDocument& document,
                                               const std::filesystem::path& path,
                                               const SaveOptions& options = {});

/// A document of a newer version as one of ours, for a copy under another name: what is unknown stays in it, its claim to
/// be newer does not. Others stay as they are.
void makeOwn(ProjectDocument& document);

/// The JSON of a document, and back. Reading leaves every `take` null.
[[nodiscard]] std::string writeProject(const ProjectDocument& document);
[[nodiscard]] Result<OpenedProject> readProject(std::string_view json, std::string_view name);

/// Whether another program, or another part of this one, holds the lock below. Makes nothing on the disk.
[[nodiscard]] bool isProjectOpenElsewhere(const std::filesystem::path& project);

/// Held while a project is open for writing; a second program that asks is refused with a
/// sentence. Given back when destroyed, also by a crash; leaves no file behind.
class ProjectLock {
 public:
  [[nodiscard]] static Result<ProjectLock> acquire(const std::filesystem::path& project);
  ProjectLock(ProjectLock&& other) noexcept;
  ProjectLock& operator=(ProjectLock&& other) noexcept;
  ~ProjectLock();

 private:
  ProjectLock(int fd, std::filesystem::path folder) : fd_(fd), folder_(std::move(folder)) {}
  int fd_ = -1;
  std::filesystem::path folder_;
};

}  // namespace kinescore
