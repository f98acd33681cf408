// How the window opens and saves projects: the part of the project library it needs, so that tests
// can stand in for the disk.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/project/recovery.h"
#include "engine/request/take.h"
#include "engine/timeline/patch.h"

namespace kinescore {

struct ProjectContents {
  Timeline timeline;
  std::vector<std::shared_ptr<const Take>> takes;
  std::string shownTakeId;
  std::uint64_t seed = 1;
  Quality quality = Quality::Good;
  SamplingWishes sampling;
  int references = kUsualReferences;
  ReferenceWishes wishes;
  /// What the project follows as a draft: a BVH file or the number of a take. `draft` is read with it.
  std::string draftSource;
  std::optional<DraftRequest> draft;
  /// Takes that undo could bring back; their files stay.
  std::set<std::string> alsoKeep;
  /// Not empty: it can be looked at and changed, not saved under its name, and this sentence says why.
  std::string readOnlyReason;
  /// Edits that were made after the last save of a run that did not end well. The store keeps them already.
  std::vector<TimelinePatch> recovered;
  int recoveredTakes = 0;  // of them; they are among the takes
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
  /// The same to another place; the project that is open stays the open one.
  [[nodiscard]] virtual Status saveCopy(const std::filesystem::path& path, const ProjectContents& contents) = 0;
  /// The project with these contents, its files named in full.
  [[nodiscard]] virtual ProjectDocument documentOf(const ProjectContents& contents) const = 0;
  /// An earlier version or work that a crash cut off, as a project without a name.
  [[nodiscard]] virtual Result<ProjectContents> openVersion(const RecoverableVersion& version) = 0;
  /// Forgets the open project: the next save starts a new one, which begins with this timeline.
  virtual void startNew(const Timeline& timeline) = 0;
  /// Keeps an edit against a crash.
  virtual void journal(const TimelinePatch& patch) = 0;
  /// Keeps a take that is not saved yet against a crash.
  virtual void keepTake(const std::shared_ptr<const Take>& take) = 0;
  /// Not empty: edits are not kept at the moment, and this sentence says why.
  [[nodiscard]] virtual std::string journalProblem() const = 0;
};

}  // namespace kinescore
