#include "engine/project/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "engine/core/files.h"
#include "engine/core/hash.h"
#include "engine/storage/json.h"
#include "engine/timeline/json_fields.h"

namespace kinescore {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr auto kGroupTime = std::chrono::milliseconds(50);
constexpr auto kRetryTime = std::chrono::milliseconds(1000);
constexpr int kJournalVersion = 1;
constexpr std::size_t kChecksumDigits = 16;

/// "sequence checksum json\n"
std::string lineOf(std::uint64_t sequence, std::string_view payload) {
  const std::string number = std::to_string(sequence);
  const std::string checksum = sha256Hex(number + " " + std::string(payload)).substr(0, kChecksumDigits);
  return number + " " + checksum + " " + std::string(payload) + "\n";
}

struct Line {
  std::uint64_t sequence = 0;
  std::string_view payload;
};

/// Takes the first line off `text`; nothing when it is torn.
std::optional<Line> takeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view whole = text.substr(0, end);
  Line line;
  const auto [rest, error] = std::from_chars(whole.data(), whole.data() + whole.size(), line.sequence);
  const std::size_t digits = static_cast<std::size_t>(rest - whole.data());
  if (error != std::errc() || whole.size() < digits + kChecksumDigits + 2) return std::nullopt;
  line.payload = whole.substr(digits + kChecksumDigits + 2);
  if (lineOf(line.sequence, line.payload) != std::string(whole) + "\n") return std::nullopt;
  text.remove_prefix(end + 1);
  return line;
}

std::string startLine(const JournalStart& start) {
  json line = {{"type", "journal"},
               {"version", kJournalVersion},
               {"project", start.projectPath},
               {"timelineHash", start.timelineHash},
               {"savedAt", start.savedAt}};
  if (!start.snapshot.empty()) line["snapshot"] = start.snapshot;
  return lineOf(0, toText(line));
}

std::string entryLine(std::uint64_t sequence, const std::string& name, const TimelinePatch& patch) {
  return lineOf(sequence, "{\"name\":" + toText(json(name)) + ",\"patch\":" + writePatch(patch) + "}");
}

Result<JournalStart> readStart(std::string_view payload) {
  const Result<json> parsed = parseJson(payload, "journal");
  if (!parsed) return parsed.error();
  JournalStart start;
  int version = 0;
  FieldReader fields(*parsed, "the journal");
  fields.require("version", version);
  if (fields.status() && version != kJournalVersion) {
    return Error{ErrorCode::Unsupported, "The journal was written by a newer version of Kinescore."};
  }
  fields.require("timelineHash", start.timelineHash);
  fields.read("project", start.projectPath);
  fields.read("savedAt", start.savedAt);
  fields.read("snapshot", start.snapshot);
  if (!fields.status()) return fields.status().error();
  return start;
}

std::optional<JournalEntry> readEntry(const Line& line) {
  const Result<json> parsed = parseJson(line.payload, "journal");
  if (!parsed || !parsed->is_object() || !parsed->contains("patch")) return std::nullopt;
  Result<TimelinePatch> patch = readPatch(toText((*parsed)["patch"]));
  if (!patch) return std::nullopt;
  JournalEntry entry;
  entry.sequence = line.sequence;
  FieldReader(*parsed, "an edit").read("name", entry.name);
  entry.patch = std::move(*patch);
  return entry;
}

Error diskError(int error) {
  return {ErrorCode::IoFailed, std::string("Edits cannot be kept safe against a crash: ") +
                                   (error == ENOSPC || error == EDQUOT ? "the disk is full" : std::strerror(error)) +
                                   ". Save the project soon."};
}

/// 0, or the errno of the first call that failed.
int writeAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fdatasync(fd) == 0 ? 0 : errno;
}

/// How many of the edits `timeline` holds already: the project may have been saved after some of
/// them, and the crash come before the journal was cut. Nothing when it is not of this journal.
std::optional<std::size_t> editsIn(const Timeline& timeline, const RecoveredJournal& journal) {
  // After k edits every object they touch is as the last of those k left it, or as the first edit
  // found it. The timeline holds k edits when all of them agree with it.
  struct Seen {
    std::optional<TimelineObject> here;
    bool agrees = false;
  };
  std::map<ObjectId, Seen> objects;
  for (const JournalEntry& entry : journal.entries) {
    for (const ObjectChange& change : entry.patch.changes) {
      const auto [seen, isNew] = objects.try_emplace(change.id);
      if (!isNew) continue;
      seen->second.here = timeline.findObject(change.id);
      seen->second.agrees = seen->second.here == change.before;
    }
  }
  std::size_t disagreeing = 0;
  for (const auto& [id, seen] : objects) disagreeing += seen.agrees ? 0 : 1;
  std::optional<std::size_t> held;
  if (disagreeing == 0) held = 0;
  for (std::size_t k = 0; k < journal.entries.size(); ++k) {
    for (const ObjectChange& change : journal.entries[k].patch.changes) {
      Seen& seen = objects.at(change.id);
      disagreeing += seen.agrees ? 1 : 0;
      seen.agrees = seen.here == change.after;
      disagreeing -= seen.agrees ? 1 : 0;
    }
    if (disagreeing == 0) held = k + 1;
  }
  if (!held) return std::nullopt;

  // And taking them back leads to where the journal began.
  Timeline start = timeline;
  for (std::size_t i = *held; i > 0; --i) {
    Result<Timeline> before = apply(start, inverse(journal.entries[i - 1].patch));
    if (!before) return std::nullopt;
    start = std::move(*before);
  }
  if (start.contentHash() != journal.start.timelineHash) return std::nullopt;
  return held;
}

}  // namespace

struct Journal::State {
  fs::path path;

  std::mutex fileMutex;  // the file; taken before `mutex`
  int fd = -1;
  off_t wholeBytes = 0;  // of whole lines on the disk

  mutable std::mutex mutex;  // everything below
  std::condition_variable wake;
  std::condition_variable written;
  std::vector<std::pair<std::uint64_t, std::string>> queue;  // sequence, line
  std::uint64_t lastSequence = 0;
  std::uint64_t writtenSequence = 0;
  std::uint64_t triedSequence = 0;
  int error = 0;
  bool isUrgent = false;
  bool isEnding = false;
  std::thread thread;

  ~State() {
    if (fd >= 0) ::close(fd);
  }

  /// With fileMutex held.
  Status replaceFile(const std::string& bytes) {
    if (Status s = saveFileSafely(path, bytes); !s) return s;
    if (fd >= 0) ::close(fd);
    fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) return diskError(errno);
    // Nobody waits for it: it only shows others that this program lives.
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) { /* a file system without locks */ }
    wholeBytes = static_cast<off_t>(bytes.size());
    return {};
  }

  void run() {
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [&] { return isEnding || isUrgent || !queue.empty(); });
      if (queue.empty() && isEnding) return;
      // Edits that come close together share one trip to the disk.
      wake.wait_for(lock, error == 0 ? kGroupTime : kRetryTime, [&] { return isEnding || isUrgent; });
      isUrgent = false;
      lock.unlock();
      const bool done = commit();
      lock.lock();
      if (!done && isEnding) return;
    }
  }

  /// Writes what is queued; what the disk refused goes back into the queue.
  bool commit() {
    const std::lock_guard file(fileMutex);
    std::unique_lock lock(mutex);
    auto lines = std::exchange(queue, {});
    const std::uint64_t upTo = lastSequence;
    lock.unlock();
    std::string batch;
    for (const auto& [sequence, line] : lines) batch += line;
    const int failed = batch.empty() ? 0 : writeAll(fd, batch);
    if (failed == 0) wholeBytes += static_cast<off_t>(batch.size());
    else if (::ftruncate(fd, wholeBytes) != 0) { /* a torn last line is left out when it is read */ }
    lock.lock();
    if (failed != 0) queue.insert(queue.begin(), std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
    else writtenSequence = upTo;
    triedSequence = upTo;
    error = failed;
    written.notify_all();
    return failed == 0;
  }
};

fs::path journalPathFor(const fs::path& stateFolder, const fs::path& project) {
  std::error_code ignored;
  const fs::path absolute = fs::absolute(project, ignored).lexically_normal();
  const std::string stem = project.empty() ? "untitled" : project.stem().string();
  return stateFolder / "journals" / (stem + "-" + sha256Hex(absolute.string()).substr(0, 16) + ".journal");
}

fs::path newUntitledJournalPath(const fs::path& stateFolder) {
  std::random_device device;
  const std::string number = std::to_string(device()) + std::to_string(device());
  return stateFolder / "journals" / ("untitled-" + sha256Hex(number + std::to_string(::getpid())).substr(0, 16) + ".journal");
}

fs::path takesFolderOfJournal(const fs::path& journal) {
  fs::path folder = journal;
  return folder.replace_extension(".takes");
}

bool isJournalInUse(const fs::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.get() >= 0 && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

Result<RecoveredJournal> recoverJournal(const fs::path& path) {
  const Result<std::string> bytes = readFile(path);
  if (!bytes) return bytes.error();
  std::string_view text = *bytes;
  const std::optional<Line> first = takeLine(text);
  if (!first || first->sequence != 0) {
    return Error{ErrorCode::BadInput, "The journal “" + path.filename().string() + "” is damaged; nothing can be recovered from it."};
  }
  const Result<JournalStart> start = readStart(first->payload);
  if (!start) return start.error();
  RecoveredJournal journal;
  journal.start = *start;
  while (!text.empty()) {
    const std::optional<Line> line = takeLine(text);
    const bool follows = line && (journal.entries.empty() ? line->sequence > 0 : line->sequence == journal.entries.back().sequence + 1);
    std::optional<JournalEntry> entry = follows ? readEntry(*line) : std::nullopt;
    if (!entry) {
      journal.endIsTorn = true;
      break;
    }
    journal.entries.push_back(std::move(*entry));
  }
  return journal;
}

std::vector<JournalEntry> editsToRecover(const Timeline& timeline, const RecoveredJournal& journal) {
  const std::optional<std::size_t> held = editsIn(timeline, journal);
  if (!held) return {};
  return {journal.entries.begin() + std::ptrdiff_t(*held), journal.entries.end()};
}

Timeline replay(const Timeline& timeline, const RecoveredJournal& journal, int& applied) {
  applied = 0;
  Timeline result = timeline;
  for (const JournalEntry& entry : editsToRecover(timeline, journal)) {
    Result<Timeline> next = apply(result, entry.patch);
    if (!next) break;
    result = std::move(*next);
    ++applied;
  }
  return result;
}

Journal::Journal(std::unique_ptr<State> state) : state_(std::move(state)) {
  state_->thread = std::thread([s = state_.get()] { s->run(); });
}

Result<std::unique_ptr<Journal>> Journal::begin(const fs::path& path, JournalStart start,
                                                const std::vector<TimelinePatch>& edits) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  auto state = std::make_unique<State>();
  state->path = path;
  std::string bytes = startLine(start);
  for (const TimelinePatch& edit : edits) bytes += entryLine(++state->lastSequence, "edit", edit);
  state->writtenSequence = state->triedSequence = state->lastSequence;
  if (Status s = state->replaceFile(bytes); !s) return s.error();
  return std::unique_ptr<Journal>(new Journal(std::move(state)));
}

Journal::~Journal() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->isEnding = true;
  }
  state_->wake.notify_all();
  state_->thread.join();
}

std::uint64_t Journal::append(std::string name, const TimelinePatch& patch) {
  const std::uint64_t sequence = lastSequence() + 1;
  const std::string line = entryLine(sequence, name, patch);
  {
    const std::lock_guard lock(state_->mutex);
    state_->queue.emplace_back(sequence, line);
    state_->lastSequence = sequence;
  }
  state_->wake.notify_all();
  return sequence;
}

std::uint64_t Journal::lastSequence() const {
  const std::lock_guard lock(state_->mutex);
  return state_->lastSequence;
}

Status Journal::flush() {
  std::unique_lock lock(state_->mutex);
  const std::uint64_t wanted = state_->lastSequence;
  if (state_->writtenSequence >= wanted) return {};
  state_->triedSequence = 0;  // an earlier failure is no answer
  state_->isUrgent = true;
  state_->wake.notify_all();
  state_->written.wait(lock, [&] { return state_->triedSequence >= wanted; });
  return state_->writtenSequence >= wanted ? Status() : Status(diskError(state_->error));
}

std::string Journal::problem() const {
  const std::lock_guard lock(state_->mutex);
  return state_->error == 0 ? std::string() : diskError(state_->error).message;
}

Status Journal::truncate(std::uint64_t sequence, JournalStart start) {
  const std::lock_guard file(state_->fileMutex);
  const Result<RecoveredJournal> old = recoverJournal(state_->path);
  std::string bytes = startLine(start);
  if (old) {
    for (const JournalEntry& entry : old->entries) {
      if (entry.sequence > sequence) bytes += entryLine(entry.sequence, entry.name, entry.patch);
    }
  }
  if (Status s = state_->replaceFile(bytes); !s) return s;
  const std::lock_guard lock(state_->mutex);
  std::erase_if(state_->queue, [&](const auto& item) { return item.first <= sequence; });
  state_->writtenSequence = std::max(state_->writtenSequence, std::min(sequence, state_->lastSequence));
  return {};
}

void Journal::remove(const fs::path& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
  fs::remove_all(takesFolderOfJournal(path), ignored);
}

}  // namespace kinescore
