// Projects on disk through engine/project, with the journal in the state folder.
#pragma once

#include <memory>
#include <optional>

#include "engine/project/journal.h"
#include "engine/project/project.h"
#include "ui/document/project_store.h"

namespace kinescore {

class EngineProjectStore : public ProjectStore {
 public:
  /// An empty state folder keeps no journal.
  explicit EngineProjectStore(std::filesystem::path stateFolder);
  ~EngineProjectStore() override;

  Result<ProjectContents> open(const std::filesystem::path& path, OpenAs as = OpenAs::Project) override;
  Status save(const std::filesystem::path& path, const ProjectContents& contents) override;
  void startNew() override;
  void journal(const TimelinePatch& patch) override;
  /// The edits are saved or given up: nothing is left to recover.
  void closeCleanly();

 private:
  void beginJournal(const std::filesystem::path& project, const Timeline& timeline);

  std::filesystem::path stateFolder_;
  ProjectDocument document_;  // what was read, with everything a newer version put there
  std::optional<ProjectLock> lock_;  // nobody else saves over it meanwhile
  std::filesystem::path lockedPath_;
  std::unique_ptr<Journal> journal_;
  std::filesystem::path journalPath_;
};

}  // namespace kinescore
