// Projects on disk through engine/project, with the journal in the state folder.
#pragma once

#include <future>
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
  Status saveCopy(const std::filesystem::path& path, const ProjectContents& contents) override;
  [[nodiscard]] ProjectDocument documentOf(const ProjectContents& contents) const override;
  Result<ProjectContents> openVersion(const RecoverableVersion& version) override;
  void startNew(const Timeline& timeline) override;
  void journal(const TimelinePatch& patch) override;
  void keepTake(const std::shared_ptr<const Take>& take) override;
  [[nodiscard]] std::string journalProblem() const override;
  /// The edits are saved or given up: nothing is left to recover.
  void closeCleanly();

 private:
  [[nodiscard]] ProjectContents contentsOf(const OpenedProject& opened, const std::filesystem::path& folder) const;
  /// What is saved at `path` when these are the contents.
  [[nodiscard]] Result<ProjectDocument> documentFor(const std::filesystem::path& path, const ProjectContents& contents) const;
  void beginJournal(const std::filesystem::path& file, JournalStart start, const std::vector<TimelinePatch>& edits = {});
  /// For work that no file on the disk holds; begun by its first edit or take.
  void beginUnsavedJournal();
  void forgetJournal();
  void forgetKeptTakes();

  std::filesystem::path stateFolder_;
  ProjectDocument document_;  // what was read, with everything a newer version put there
  std::optional<ProjectLock> lock_;  // nobody else saves over it meanwhile
  std::filesystem::path lockedPath_;
  std::unique_ptr<Journal> journal_;
  std::filesystem::path journalPath_;
  std::optional<Timeline> unsavedStart_;  // what the journal of unsaved work will begin with
  std::string journalFailure_;            // of its beginning
  std::future<void> keeping_;             // a take
};

}  // namespace kinescore
