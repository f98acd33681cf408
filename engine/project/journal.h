// Every edit, on disk within a tenth of a second: an append-only file of lines in the state
// directory, never beside the project. A line is its sequence number, a checksum, and JSON. A
// last line torn by a crash is left out; what comes before it is whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/timeline/patch.h"

namespace kinescore {

/// What the edits were made on.
struct JournalStart {
  std::string projectPath;   // absolute; empty: never saved
  std::string timelineHash;  // contentHash() of the timeline the first edit was made on
  std::string savedAt;       // ISO 8601, UTC; when the journal was last begun
  /// A project's JSON with that timeline, where no file on the disk holds it: never saved, a sample, open read-only.
  std::string snapshot;
  bool operator==(const JournalStart&) const = default;
};

struct JournalEntry {
  std::uint64_t sequence = 0;
  std::string name;  // "Move Clip"
  TimelinePatch patch;
};

struct RecoveredJournal {
  JournalStart start;
  std::vector<JournalEntry> entries;
  bool endIsTorn = false;  // something after the last whole line was left out
};

/// The journal's file for a project (its absolute path) in `stateFolder`.
[[nodiscard]] std::filesystem::path journalPathFor(const std::filesystem::path& stateFolder,
                                                   const std::filesystem::path& project);

/// Another one at every call, for work that has no file yet: several windows may hold such work.
[[nodiscard]] std::filesystem::path newUntitledJournalPath(const std::filesystem::path& stateFolder);

/// Where takes lie that belong to what a journal holds and to no saved project yet.
[[nodiscard]] std::filesystem::path takesFolderOfJournal(const std::filesystem::path& journal);

/// Whether a running program writes to it; false after a crash.
[[nodiscard]] bool isJournalInUse(const std::filesystem::path& path);

/// What a journal holds; entries empty: nothing to recover. NotFound when there is no file.
[[nodiscard]] Result<RecoveredJournal> recoverJournal(const std::filesystem::path& path);

/// The edits a timeline does not hold yet: all of them, or, when the project was saved and the crash
/// came before the journal was cut, the later ones. Nothing when the journal is of something else.
[[nodiscard]] std::vector<JournalEntry> editsToRecover(const Timeline& timeline, const RecoveredJournal& journal);

/// The edits of a journal on the timeline they were made on, as far as they fit. `applied` counts.
[[nodiscard]] Timeline replay(const Timeline& timeline, const RecoveredJournal& journal, int& applied);

/// Writes on its own thread; edits of up to 50 ms go to the disk together.
class Journal {
 public:
  /// Begins a new file (an old one is replaced: recover it first).
  /// `edits` that were recovered from it go on in the new one, which replaces it in one step.
  [[nodiscard]] static Result<std::unique_ptr<Journal>> begin(const std::filesystem::path& path, JournalStart start,
                                                              const std::vector<TimelinePatch>& edits = {});
  /// Writes what is left and keeps the file.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Returns at once with the edit's sequence number (1, 2, …). From one thread.
  std::uint64_t append(std::string name, const TimelinePatch& patch);
  [[nodiscard]] std::uint64_t lastSequence() const;
  /// Waits until everything appended is on the disk; the first error of the disk, if any.
  [[nodiscard]] Status flush();
  /// While the disk takes nothing: why, as one sentence. Empty: edits are kept.
  [[nodiscard]] std::string problem() const;
  /// After a verified save of a snapshot that held the edits up to `sequence`: keeps only later
  /// ones, which start from `start`.
  [[nodiscard]] Status truncate(std::uint64_t sequence, JournalStart start);
  /// After a clean close: the file is removed, with its takes.
  static void remove(const std::filesystem::path& path);

 private:
  struct State;
  explicit Journal(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace kinescore
