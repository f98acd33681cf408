// Kills at any moment: the session as it runs in the window, edited quickly, generating and saving now and then, is ended
// by SIGKILL and opened again. At most the edits of the last tenth of a second may be gone, which is one at a person's pace.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/random.h"
#include "engine/project/project.h"
#include "engine/timeline/edit.h"
#include "tests/support/temporary_folder.h"
#include "tests/ui/ui_test_support.h"
#include "ui/document/engine_project_store.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

constexpr auto kEditEvery = std::chrono::milliseconds(110);  // as fast as keys can be hit, and the journal's promise
constexpr int kUsualKills = 20, kAllKills = 200;

int killsToDo() { return qEnvironmentVariableIsSet("KINESCORE_FULL") ? kAllKills : kUsualKills; }

/// One edit of many kinds; always changes something.
void editSomehow(Session& session, std::uint64_t number) {
  const Timeline& timeline = session.timeline();
  IdSource& ids = session.document().ids();
  const ObjectId track = timeline.tracks().front()->id;
  const auto& clips = timeline.clipsOf(track);
  const Ticks start = ticksFromSeconds(0.25 * double(number % 32));
  const QString step = QStringLiteral("Edit");
  if (clips.size() > 6 && number % 5 == 0) {
    session.document().edit(step, deleteClips(timeline, std::vector{clips.front()->id}));
  } else if (clips.size() > 2 && number % 3 == 0) {
    session.document().edit(step, moveClips(timeline, std::vector{clips.back()->id}, ticksFromSeconds(0.1)));
  } else if (number % 7 == 6) {
    session.document().undoStack().undo();
  } else if (number % 4 == 2) {
    session.playback().seek(start + ticksOfFrame(std::int64_t(number % 7), session.rate()));
    session.pinPose();
  } else if (number % 8 == 1) {
    session.document().edit(step, addMarker(timeline, ids, start, std::to_string(number)));
  } else {
    Clip clip;
    clip.trackId = track;
    clip.span = {start, start + ticksFromSeconds(2)};
    clip.condition = TextCondition{"edit " + std::to_string(number), BodyPart::Whole};
    session.document().edit(step, addClip(timeline, ids, clip));
  }
}

/// What the child tells of itself, in the file system's memory at once: "hash 4f…" after every edit.
class Record {
 public:
  explicit Record(const fs::path& file) : fd_(::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644)) {}
  void write(const std::string& line) { [[maybe_unused]] const auto done = ::write(fd_, (line + "\n").data(), line.size() + 1); }

 private:
  int fd_;
};

/// Runs until it is killed. `project` empty: never saved.
[[noreturn]] void editUntilKilled(const fs::path& state, const fs::path& project, const fs::path& record, std::uint64_t seed) {
  testApplication();
  MotionService service([]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->stepTime = std::chrono::milliseconds(40);
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  });
  EngineProjectStore store(state);
  Session session(service, store, std::make_unique<RandomIds>());
  if (!project.empty() && !session.open(project)) {
    ::_exit(1);
  }
  Record out(record);
  const auto tell = [&] { out.write("hash " + session.timeline().contentHash()); };
  tell();
  QObject::connect(&session.document(), &TimelineDocument::changed, tell);
  for (std::uint64_t number = seed;; ++number) {
    editSomehow(session, number);
    if (number % 9 == 4) {
      (void)session.generate();
    }
    if (!project.empty() && number % 11 == 10) {
      (void)session.save();
    }
    const auto end = std::chrono::steady_clock::now() + kEditEvery;
    while (std::chrono::steady_clock::now() < end) {
      QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
}

std::vector<std::string> hashesIn(const fs::path& record) {
  std::vector<std::string> hashes;
  std::ifstream file(record);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("hash ")) hashes.push_back(line.substr(5));
  }
  return hashes;
}

/// How many of the edits at the end `hash` lacks; -1: it is none of them.
int lossOf(const std::vector<std::string>& hashes, const std::string& hash) {
  for (std::size_t back = 0; back < hashes.size(); ++back) {
    if (hashes[hashes.size() - 1 - back] == hash) return int(back);
  }
  return -1;
}

class KillTest : public testing::Test {
 protected:
  /// This program again, as the child; a fork of it would share its threads' locks.
  void killOnce(const fs::path& project, int i, std::uint32_t microseconds) {
    fs::remove(record());
    const std::string seed = std::to_string(i * 100);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::setenv("KINESCORE_KILL_STATE", state().c_str(), 1);
      ::setenv("KINESCORE_KILL_PROJECT", project.c_str(), 1);
      ::setenv("KINESCORE_KILL_RECORD", record().c_str(), 1);
      ::setenv("KINESCORE_KILL_SEED", seed.c_str(), 1);
      ::unsetenv("GTEST_OUTPUT");
      ::execl("/proc/self/exe", "test_ui", "--gtest_filter=KillDriver.EditsUntilItIsKilled", nullptr);
      ::_exit(127);
    }
    while (hashesIn(record()).empty()) {  // however slow it starts here
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, WNOHANG), 0) << "it ended by itself";
      ::usleep(2000);
    }
    ::usleep(microseconds);
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself";
  }
  fs::path state() const { return folder_ / "state"; }
  fs::path record() const { return folder_ / "record.txt"; }

  TemporaryFolder folder_;
  CounterRandom random_{2026};
};

TEST(KillDriver, EditsUntilItIsKilled) {
  const char* state = std::getenv("KINESCORE_KILL_STATE");
  if (state == nullptr) {
    return;  // the part of the tests below that runs in a process of its own
  }
  editUntilKilled(state, std::getenv("KINESCORE_KILL_PROJECT"), std::getenv("KINESCORE_KILL_RECORD"),
                  std::stoull(std::getenv("KINESCORE_KILL_SEED")));
}

TEST_F(KillTest, ASavedProjectLosesAtMostOneEdit) {
  testApplication();
  const fs::path project = folder_ / "walk.kinescore";
  MotionService service([]() -> Result<std::unique_ptr<MotionGenerator>> { return std::unique_ptr<MotionGenerator>(new FakeGenerator); });
  {
    EngineProjectStore store(state());
    Session session(service, store, std::make_unique<RandomIds>());
    ASSERT_TRUE(session.saveAs(project).ok());
    store.closeCleanly();
  }
  int worst = 0, lostSome = 0, takesBack = 0;
  std::size_t edits = 0;
  for (int i = 0; i < killsToDo(); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    killOnce(project, i, std::uint32_t(random_.below(2'500'000)));
    if (HasFatalFailure()) return;
    const auto whole = kinescore::openProject(project);  // what is saved is whole at every instant
    ASSERT_TRUE(whole) << whole.error().message;
    ASSERT_TRUE(whole->warnings.empty()) << whole->warnings.front();
    const std::vector<std::string> hashes = hashesIn(record());
    edits += hashes.size();

    EngineProjectStore store(state());
    Session session(service, store, std::make_unique<RandomIds>());
    ASSERT_TRUE(session.open(project).ok());  // the lock of a killed program is nobody's
    EXPECT_FALSE(session.isReadOnly());
    const int loss = lossOf(hashes, session.timeline().contentHash());
    ASSERT_GE(loss, 0) << "another timeline than any that was";
    EXPECT_LE(loss, 1);
    worst = std::max(worst, loss);
    lostSome += loss > 0;
    takesBack += int(session.takes().takes().size() > whole->document.takes.size());
    if (i % 2 == 0) {
      // And not from the same start each time.
      ASSERT_TRUE(session.save().ok());
      store.closeCleanly();
    }
  }
  EXPECT_GT(edits, std::size_t(killsToDo())) << "the kills came before anything was edited";
  std::printf("%d kills, %zu edits: worst loss %d, in %d kills; unsaved takes came back in %d\n", killsToDo(), edits, worst,
              lostSome, takesBack);
}

TEST_F(KillTest, AProjectThatWasNeverSavedLosesAtMostOneEdit) {
  testApplication();
  MotionService service([]() -> Result<std::unique_ptr<MotionGenerator>> { return std::unique_ptr<MotionGenerator>(new FakeGenerator); });
  int worst = 0;
  const int kills = std::max(killsToDo() / 4, 5);
  for (int i = 0; i < kills; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    killOnce({}, i, std::uint32_t(300'000 + random_.below(1'500'000)));
    if (HasFatalFailure()) return;
    const std::vector<std::string> hashes = hashesIn(record());
    const auto found = unsavedWork(state());
    ASSERT_EQ(found.size(), 1u);
    EngineProjectStore store(state());
    Session session(service, store, std::make_unique<RandomIds>());
    ASSERT_TRUE(session.openVersion(found.front()).ok());
    EXPECT_TRUE(session.isChanged());
    const int loss = lossOf(hashes, session.timeline().contentHash());
    ASSERT_GE(loss, 0) << "another timeline than any that was";
    EXPECT_LE(loss, 1);
    worst = std::max(worst, loss);
    EXPECT_EQ(unsavedWork(state()).size(), 0u);  // it is this session's now
    store.closeCleanly();
  }
  std::printf("%d kills of unsaved work: worst loss %d\n", kills, worst);
}

}  // namespace
}  // namespace kinescore
