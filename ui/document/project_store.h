// How the window opens and saves projects: the part of the project library it needs, so that tests
// can stand in for the disk.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/request/take.h"
#include "engine/timeline/patch.h"

namespace kinescore {

struct ProjectContents {
  Timeline timeline;
  std::vector<std::shared_ptr<const Take>> takes;
  std::string shownTakeId;
  std::uint64_t seed = 1;
  Quality quality = Quality::Good;
  int references = kUsualReferences;
  ReferenceWishes wishes;
  /// What the project follows as a draft: a BVH file or the number of a take. `draft` is read with it.
  std::string draftSource;
  std::optional<DraftRequest> draft;
  /// Takes that undo could bring back; their files stay.
  std::set<std::string> alsoKeep;
  /// Made by a newer version: it can be looked at, not saved.
  bool readOnly = false;
  /// Edits that were made after the last save of a run that did not end well.
  std::vector<TimelinePatch> recovered;
  /// One sentence each: a take that is missing, a version that is newer.
  std::vector<std::string> notes;
};

/// A sample belongs to the installation: it is never locked, journalled beside or written to.
enum class OpenAs { Project, Sample };

class ProjectStore {
 public:
  virtual ~ProjectStore() = default;
  [[nodiscard]] virtual Result<ProjectContents> open(const std::filesystem::path& path, OpenAs as) = 0;
  /// Saves so that at every instant the old or the new project is whole. After it, what was journalled
  /// before is in the file.
  [[nodiscard]] virtual Status save(const std::filesystem::path& path, const ProjectContents& contents) = 0;
  /// Forgets the open project: the next save starts a new one.
  virtual void startNew() = 0;
  /// Keeps an edit against a crash.
  virtual void journal(const TimelinePatch& patch) = 0;
};

}  // namespace kinescore
