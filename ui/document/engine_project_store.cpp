#include "ui/document/engine_project_store.h"

#include <algorithm>
#include <chrono>

#include "engine/core/log.h"
#include "engine/generation/draft.h"
#include "engine/project/media_files.h"

namespace kinescore {
namespace {

std::string nowIso() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

// A draft's file is whole in memory and relative to the project on disk, so that both can be moved together, as those
// of clips are (media_files.h). A take's number is what it is.
bool isTakeNumber(const std::string& source) { return source.find_first_not_of("0123456789") == std::string::npos; }

std::string sourceIn(const std::filesystem::path& folder, const std::string& source) {
  return isTakeNumber(source) ? source : (std::filesystem::absolute(folder) / source).lexically_normal().string();
}
std::string sourceFrom(const std::filesystem::path& folder, const std::string& source) {
  return isTakeNumber(source) ? source : std::filesystem::path(source).lexically_proximate(std::filesystem::absolute(folder)).generic_string();
}

}  // namespace

EngineProjectStore::EngineProjectStore(std::filesystem::path stateFolder) : stateFolder_(std::move(stateFolder)) {}
EngineProjectStore::~EngineProjectStore() = default;

Result<ProjectContents> EngineProjectStore::open(const std::filesystem::path& path, OpenAs as) {
  Result<OpenedProject> opened = openProject(path);
  if (!opened) {
    return opened.error();
  }
  Result<Timeline> timeline = withMediaNamedFrom(opened->document.timeline, path.parent_path(), {});
  if (!timeline) {
    return timeline.error();
  }
  document_ = std::move(opened->document);
  document_.timeline = *std::move(timeline);
  ProjectContents contents;
  contents.timeline = document_.timeline;
  contents.notes = opened->warnings;
  for (const TakeEntry& entry : document_.takes) {
    if (entry.take == nullptr) {
      continue;  // kept in document_, so that saving does not forget it
    }
    auto take = std::make_shared<Take>(*entry.take);
    take->number = entry.number;
    take->name = entry.name;
    take->starred = entry.starred;
    contents.takes.push_back(std::move(take));
  }
  contents.shownTakeId = document_.shownTakeId;
  contents.seed = document_.settings.seed;
  contents.quality = document_.settings.quality;
  contents.references = document_.settings.references;
  contents.wishes = document_.settings.wishes;
  if (!document_.settings.draft.empty()) {
    Result<DraftRequest> draft = draftNamed(document_.settings.draft, path.parent_path(), [&](int number) {
      const auto take = std::find_if(contents.takes.begin(), contents.takes.end(), [&](const auto& t) { return t->number == number; });
      return take == contents.takes.end() ? nullptr : *take;
    });
    contents.draftSource = sourceIn(path.parent_path(), document_.settings.draft);
    if (draft) {
      contents.draft = std::move(*draft);
    } else {
      contents.notes.push_back("The draft of the project is not followed: " + draft.error().message);
    }
  }
  contents.readOnly = document_.readOnly;
  lock_.reset();
  lockedPath_.clear();
  if (as == OpenAs::Sample) {
    beginJournal({}, document_.timeline);
    return contents;
  }
  if (Result<ProjectLock> lock = ProjectLock::acquire(path); lock) {
    lock_ = *std::move(lock);
    lockedPath_ = path;
  } else {
    contents.readOnly = true;
    contents.notes.push_back(lock.error().message);
  }
  if (contents.readOnly) {
    closeCleanly();
    return contents;
  }
  // Edits of a run that ended without saving are still in the journal.
  if (!stateFolder_.empty()) {
    const auto old = recoverJournal(journalPathFor(stateFolder_, std::filesystem::absolute(path)));
    if (old) {
      for (JournalEntry& entry : editsToRecover(document_.timeline, *old)) {
        contents.recovered.push_back(std::move(entry.patch));
      }
    }
  }
  beginJournal(path, document_.timeline);
  return contents;
}

Status EngineProjectStore::save(const std::filesystem::path& path, const ProjectContents& contents) {
  const std::uint64_t sequence = journal_ ? journal_->lastSequence() : 0;
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  Result<Timeline> timeline = withMediaNamedFrom(contents.timeline, {}, folder);
  if (!timeline) {
    return timeline.error();
  }
  ProjectDocument next = document_;
  next.name = path.stem().string();
  next.timeline = *std::move(timeline);
  next.shownTakeId = contents.shownTakeId;
  next.settings.seed = contents.seed;
  next.settings.quality = contents.quality;
  next.settings.references = contents.references;
  next.settings.wishes = contents.wishes;
  next.settings.draft = sourceFrom(folder, contents.draftSource);
  std::vector<TakeEntry> entries;
  for (const TakeEntry& old : document_.takes) {
    if (old.take == nullptr) {
      entries.push_back(old);  // its file is missing, its place is not
    }
  }
  SaveOptions options;
  for (const auto& take : contents.takes) {
    TakeEntry entry;
    const TakeEntry* known = document_.findTake(take->id);
    if (known != nullptr) {
      entry = *known;
    }
    entry.id = take->id;
    entry.number = take->number;
    entry.name = take->name;
    entry.starred = take->starred;
    entry.take = take;
    entries.push_back(std::move(entry));
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const TakeEntry& a, const TakeEntry& b) { return a.number < b.number; });
  next.takes = std::move(entries);
  options.alsoKeep = contents.alsoKeep;
  if (!lock_ || path != lockedPath_) {
    if (Result<ProjectLock> lock = ProjectLock::acquire(path); lock) {
      lock_ = *std::move(lock);
      lockedPath_ = path;
    } else {
      return lock.error();
    }
  }
  Result<SavedProject> saved = saveProject(next, path, options);
  if (!saved) {
    return saved.error();
  }
  const bool isElsewhere = journalPath_ != journalPathFor(stateFolder_, std::filesystem::absolute(path));
  document_ = std::move(next);
  document_.timeline = contents.timeline;
  if (isElsewhere || journal_ == nullptr) {
    beginJournal(path, contents.timeline);
  } else if (Status cut = journal_->truncate(
                 sequence, {std::filesystem::absolute(path).string(), contents.timeline.contentHash(), nowIso()});
             !cut) {
    log::warning("Journal: " + cut.error().message);
  }
  return {};
}

void EngineProjectStore::startNew() {
  document_ = {};
  lock_.reset();
  lockedPath_.clear();
  beginJournal({}, document_.timeline);
}

void EngineProjectStore::journal(const TimelinePatch& patch) {
  if (journal_) {
    journal_->append("edit", patch);
  }
}

void EngineProjectStore::closeCleanly() {
  journal_.reset();
  if (!journalPath_.empty()) {
    Journal::remove(journalPath_);
    journalPath_.clear();
  }
}

void EngineProjectStore::beginJournal(const std::filesystem::path& project, const Timeline& timeline) {
  closeCleanly();
  if (stateFolder_.empty()) {
    return;
  }
  const std::filesystem::path full = project.empty() ? project : std::filesystem::absolute(project);
  journalPath_ = journalPathFor(stateFolder_, full);
  Result<std::unique_ptr<Journal>> begun =
      Journal::begin(journalPath_, {full.string(), timeline.contentHash(), nowIso()});
  if (!begun) {
    log::warning("No journal is kept: " + begun.error().message);
    journalPath_.clear();
    return;
  }
  journal_ = *std::move(begun);
}

}  // namespace kinescore
