#include "ui/document/engine_project_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

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

std::string readOnlyReasonFor(const std::filesystem::path& path, const Error& lockError) {
  const std::string name = "“" + path.filename().string() + "”";
  return isProjectOpenElsewhere(path) ? name + " is open in another Kinescore and opens read-only here."
                                      : name + " opens read-only: " + lockError.message;
}

/// Takes of a run that was cut off; the last of them is shown, as it was then.
void addRecoveredTakes(const std::filesystem::path& journal, const ProjectDocument& saved, ProjectContents& contents) {
  ProjectDocument kept;
  addTakesBeside(journal, kept);
  for (const TakeEntry& entry : kept.takes) {
    if (saved.findTake(entry.id) == nullptr) {
      contents.takes.push_back(entry.take);
      contents.shownTakeId = entry.id;
      contents.recoveredTakes += 1;
    }
  }
}

}  // namespace

EngineProjectStore::EngineProjectStore(std::filesystem::path stateFolder) : stateFolder_(std::move(stateFolder)) {}
EngineProjectStore::~EngineProjectStore() = default;

ProjectContents EngineProjectStore::contentsOf(const OpenedProject& opened, const std::filesystem::path& folder) const {
  ProjectContents contents;
  contents.timeline = opened.document.timeline;
  contents.notes = opened.warnings;
  for (const TakeEntry& entry : opened.document.takes) {
    if (entry.take == nullptr) {
      continue;  // kept in the document, so that saving does not forget it
    }
    auto take = std::make_shared<Take>(*entry.take);
    take->number = entry.number;
    take->name = entry.name;
    take->starred = entry.starred;
    contents.takes.push_back(std::move(take));
  }
  const GenerationSettings& settings = opened.document.settings;
  contents.shownTakeId = opened.document.shownTakeId;
  contents.seed = settings.seed;
  contents.quality = settings.quality;
  contents.sampling = settings.sampling;
  contents.references = settings.references;
  contents.wishes = settings.wishes;
  if (settings.draft.empty()) {
    return contents;
  }
  Result<DraftRequest> draft = draftNamed(settings.draft, folder, [&](int number) {
    const auto take = std::find_if(contents.takes.begin(), contents.takes.end(), [&](const auto& t) { return t->number == number; });
    return take == contents.takes.end() ? nullptr : *take;
  });
  contents.draftSource = sourceIn(folder, settings.draft);
  if (draft) {
    contents.draft = std::move(*draft);
  } else {
    contents.notes.push_back("The draft of the project is not followed: " + draft.error().message);
  }
  return contents;
}

Result<ProjectContents> EngineProjectStore::open(const std::filesystem::path& path, OpenAs as) {
  Result<OpenedProject> opened = openProject(path);
  if (!opened) {
    return opened.error();
  }
  Result<Timeline> timeline = withMediaNamedFrom(opened->document.timeline, path.parent_path(), {});
  if (!timeline) {
    return timeline.error();
  }
  opened->document.timeline = *std::move(timeline);
  ProjectContents contents = contentsOf(*opened, path.parent_path());
  if (opened->document.readOnly) {
    contents.readOnlyReason = "This project was made by a newer Kinescore and opens read-only.";
    std::erase(contents.notes, opened->warnings.front());  // says the same
  }
  // Its own edits of this run are given up by opening it again; those of a run that was cut off come back.
  const std::filesystem::path journalFile = journalPathFor(stateFolder_, std::filesystem::absolute(path));
  const bool isJournalOurs = journal_ != nullptr && journalPath_ == journalFile;
  lock_.reset();
  lockedPath_.clear();
  if (as == OpenAs::Project) {
    if (Result<ProjectLock> lock = ProjectLock::acquire(path); lock) {
      lock_ = *std::move(lock);
      lockedPath_ = path;
    } else if (contents.readOnlyReason.empty()) {
      contents.readOnlyReason = readOnlyReasonFor(path, lock.error());
    }
  }
  document_ = std::move(opened->document);
  if (as == OpenAs::Sample || !contents.readOnlyReason.empty()) {
    lock_.reset();
    lockedPath_.clear();
    forgetJournal();
    unsavedStart_ = document_.timeline;
    return contents;
  }
  if (!stateFolder_.empty() && !isJournalOurs) {
    if (const auto old = recoverJournal(journalFile)) {
      for (JournalEntry& entry : editsToRecover(document_.timeline, *old)) {
        contents.recovered.push_back(std::move(entry.patch));
      }
      addRecoveredTakes(journalFile, document_, contents);
    }
  }
  // The takes of that run are written again, beside the journal that begins now.
  beginJournal(journalFile, {std::filesystem::absolute(path).string(), document_.timeline.contentHash(), nowIso(), {}},
               contents.recovered);
  for (const auto& take : contents.takes) {
    if (document_.findTake(take->id) == nullptr) {
      keepTake(take);
    }
  }
  return contents;
}

Result<ProjectContents> EngineProjectStore::openVersion(const RecoverableVersion& version) {
  Result<OpenedProject> opened = kinescore::openVersion(version);
  if (!opened) {
    return opened.error();
  }
  ProjectContents contents = contentsOf(*opened, {});
  lock_.reset();
  lockedPath_.clear();
  forgetJournal();
  document_ = {};
  document_.timeline = contents.timeline;
  document_.settings = opened->document.settings;
  // It is kept under a journal of its own before the old one goes. That of a project stays: its next opening reads it.
  unsavedStart_ = contents.timeline;
  beginUnsavedJournal();
  for (const auto& take : contents.takes) {
    keepTake(take);
  }
  if (version.kind == RecoverableVersion::Kind::UnsavedWork && version.project.empty() && journal_ != nullptr) {
    if (keeping_.valid()) {
      keeping_.wait();
    }
    Journal::remove(version.file);
  }
  return contents;
}

Result<ProjectDocument> EngineProjectStore::documentFor(const std::filesystem::path& path, const ProjectContents& contents) const {
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  Result<Timeline> timeline = withMediaNamedFrom(contents.timeline, {}, folder);
  if (!timeline) {
    return timeline.error();
  }
  ProjectDocument next = documentOf(contents);
  next.name = path.stem().string();
  next.timeline = *std::move(timeline);
  next.settings.draft = sourceFrom(folder, contents.draftSource);
  return next;
}

ProjectDocument EngineProjectStore::documentOf(const ProjectContents& contents) const {
  ProjectDocument next = document_;
  makeOwn(next);  // what is under another name is ours; the same name is refused by saving
  next.timeline = contents.timeline;
  next.shownTakeId = contents.shownTakeId;
  next.settings.seed = contents.seed;
  next.settings.quality = contents.quality;
  next.settings.sampling = contents.sampling;
  next.settings.references = contents.references;
  next.settings.wishes = contents.wishes;
  next.settings.draft = contents.draftSource;
  std::vector<TakeEntry> entries;
  for (const TakeEntry& old : document_.takes) {
    if (old.take == nullptr) {
      entries.push_back(old);  // its file is missing, its place is not
    }
  }
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
  return next;
}

Status EngineProjectStore::save(const std::filesystem::path& path, const ProjectContents& contents) {
  const std::uint64_t sequence = journal_ ? journal_->lastSequence() : 0;
  Result<ProjectDocument> next = documentFor(path, contents);
  if (!next) {
    return next.error();
  }
  SaveOptions options;
  options.alsoKeep = contents.alsoKeep;
  if (!lock_ || path != lockedPath_) {
    if (Result<ProjectLock> lock = ProjectLock::acquire(path); lock) {
      lock_ = *std::move(lock);
      lockedPath_ = path;
    } else {
      return lock.error();
    }
  }
  Result<SavedProject> saved = saveProject(*next, path, options);
  if (!saved) {
    return saved.error();
  }
  document_ = *std::move(next);
  document_.timeline = contents.timeline;
  const std::filesystem::path whole = std::filesystem::absolute(path);
  JournalStart start{whole.string(), contents.timeline.contentHash(), nowIso(), {}};
  if (journal_ == nullptr || journalPath_ != journalPathFor(stateFolder_, whole)) {
    beginJournal(journalPathFor(stateFolder_, whole), std::move(start));
  } else if (Status cut = journal_->truncate(sequence, std::move(start)); !cut) {
    log::warning("Journal: " + cut.error().message);
  } else {
    forgetKeptTakes();
  }
  return {};
}

Status EngineProjectStore::saveCopy(const std::filesystem::path& path, const ProjectContents& contents) {
  if (lock_ && path == lockedPath_) {
    return Error{ErrorCode::InvalidArgument, "A copy needs another name than the project that is open."};
  }
  const Result<ProjectDocument> copy = documentFor(path, contents);
  if (!copy) {
    return copy.error();
  }
  const Result<ProjectLock> lock = ProjectLock::acquire(path);
  if (!lock) {
    return lock.error();
  }
  const Result<SavedProject> saved = saveProject(*copy, path);
  return saved ? Status() : Status(saved.error());
}

void EngineProjectStore::startNew(const Timeline& timeline) {
  forgetJournal();
  document_ = {};
  lock_.reset();
  lockedPath_.clear();
  unsavedStart_ = timeline;
}

void EngineProjectStore::journal(const TimelinePatch& patch) {
  if (journal_ == nullptr && unsavedStart_) {
    beginUnsavedJournal();
  }
  if (journal_) {
    journal_->append("edit", patch);
  }
}

void EngineProjectStore::keepTake(const std::shared_ptr<const Take>& take) {
  if (journal_ == nullptr && unsavedStart_) {
    beginUnsavedJournal();
  }
  if (journal_ == nullptr) {
    return;
  }
  // One after the other: the next waits for the one before, and lets go of it with the take that it holds, or all takes
  // of a day would hang on one another.
  const auto before = std::make_shared<std::future<void>>(std::move(keeping_));
  keeping_ = std::async(std::launch::async, [before, held = std::make_shared<std::shared_ptr<const Take>>(take), file = journalPath_] {
    if (before->valid()) {
      before->wait();
      *before = {};
    }
    const std::shared_ptr<const Take> kept = std::exchange(*held, nullptr);
    if (const Status written = keepTakeBeside(file, *kept); !written) {
      log::warning(written.error().message);
    }
  });
}

std::string EngineProjectStore::journalProblem() const {
  return journal_ ? journal_->problem() : journalFailure_;
}

void EngineProjectStore::closeCleanly() { forgetJournal(); }

void EngineProjectStore::forgetKeptTakes() {
  if (keeping_.valid()) {
    keeping_.wait();
  }
  std::error_code ignored;
  std::filesystem::remove_all(takesFolderOfJournal(journalPath_), ignored);
}

void EngineProjectStore::forgetJournal() {
  unsavedStart_.reset();
  journalFailure_.clear();
  if (keeping_.valid()) {
    keeping_.wait();
  }
  journal_.reset();
  if (!journalPath_.empty()) {
    Journal::remove(journalPath_);
    journalPath_.clear();
  }
}

void EngineProjectStore::beginUnsavedJournal() {
  if (stateFolder_.empty() || !unsavedStart_) {
    return;
  }
  ProjectDocument start;
  start.timeline = *unsavedStart_;
  start.settings = document_.settings;
  start.settings.draft.clear();  // its file may be gone when it is needed
  const std::string hash = start.timeline.contentHash();
  beginJournal(newUntitledJournalPath(stateFolder_), {{}, hash, nowIso(), writeProject(start)});
}

void EngineProjectStore::beginJournal(const std::filesystem::path& file, JournalStart start,
                                      const std::vector<TimelinePatch>& edits) {
  forgetJournal();
  if (stateFolder_.empty()) {
    return;
  }
  Result<std::unique_ptr<Journal>> begun = Journal::begin(file, std::move(start), edits);
  if (!begun) {
    log::warning("No journal is kept: " + begun.error().message);
    journalFailure_ = "Edits cannot be kept safe against a crash: the folder “" + file.parent_path().string() +
                      "” takes no files. Save the project soon.";
    return;
  }
  journalPath_ = file;
  journal_ = *std::move(begun);
}

}  // namespace kinescore
