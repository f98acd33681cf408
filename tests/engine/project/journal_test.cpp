#include "engine/project/journal.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/support/random_edits.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

class JournalTest : public testing::Test {
 protected:
  std::unique_ptr<Journal> begin(const Timeline& timeline) {
    auto journal = Journal::begin(path_, startOn(timeline));
    EXPECT_TRUE(journal) << (journal ? "" : journal.error().message);
    return std::move(*journal);
  }
  static JournalStart startOn(const Timeline& timeline) {
    return {"/home/ada/walk.kinescore", timeline.contentHash(), "2026-07-01T10:00:00Z"};
  }
  RecoveredJournal recover() {
    const auto journal = recoverJournal(path_);
    EXPECT_TRUE(journal) << (journal ? "" : journal.error().message);
    return journal ? *journal : RecoveredJournal{};
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_ / "state/walk.journal";
};

TEST_F(JournalTest, EveryEditComesBackAfterACrash) {
  RandomAuthor author(3);
  for (int i = 0; i < 20; ++i) author.editOnce();
  const Timeline saved = author.timeline();
  auto journal = begin(saved);
  std::vector<TimelinePatch> patches;
  for (int i = 0; i < 50; ++i) {
    patches.push_back(author.editOnce());
    EXPECT_EQ(journal->append("Edit “" + std::to_string(i) + "”", patches.back()), std::uint64_t(i + 1));
  }
  ASSERT_TRUE(journal->flush());

  const RecoveredJournal recovered = recover();  // the writer still has the file open, as after a crash

  EXPECT_FALSE(recovered.endIsTorn);
  EXPECT_EQ(recovered.start, startOn(saved));
  ASSERT_EQ(recovered.entries.size(), 50u);
  EXPECT_EQ(recovered.entries[7].name, "Edit “7”");
  EXPECT_EQ(recovered.entries[7].patch, patches[7]);
  int applied = 0;
  EXPECT_EQ(replay(saved, recovered, applied), author.timeline());
  EXPECT_EQ(applied, 50);
}

TEST_F(JournalTest, IsOnTheDiskWithinATenthOfASecond) {
  RandomAuthor author(4);
  auto journal = begin(author.timeline());
  journal->append("Edit", author.editOnce());
  const auto start = std::chrono::steady_clock::now();
  while (recover().entries.empty() && std::chrono::steady_clock::now() - start < std::chrono::seconds(5)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  // 100 ms are promised; a busy machine may be slower to wake.
  EXPECT_LT(seconds, 1.0);
  EXPECT_EQ(recover().entries.size(), 1u);
}

TEST_F(JournalTest, ATornOrDamagedEndIsLeftOut) {
  RandomAuthor author(5);
  const Timeline saved = author.timeline();
  auto journal = begin(saved);
  std::vector<Timeline> states = {saved};
  for (int i = 0; i < 6; ++i) {
    journal->append("Edit", author.editOnce());
    states.push_back(author.timeline());
  }
  journal.reset();
  const std::string whole = bytesOf(path_);
  std::vector<std::size_t> lineEnds;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i] == '\n') lineEnds.push_back(i + 1);
  }
  ASSERT_EQ(lineEnds.size(), 7u);

  for (std::size_t cut = lineEnds[0]; cut <= whole.size(); cut += 13) {
    putBytes(path_, whole.substr(0, cut));
    const RecoveredJournal recovered = recover();
    const auto wholeLines = std::size_t(std::upper_bound(lineEnds.begin(), lineEnds.end(), cut) - lineEnds.begin());
    ASSERT_EQ(recovered.entries.size(), wholeLines - 1) << cut;
    EXPECT_EQ(recovered.endIsTorn, lineEnds[wholeLines - 1] != cut) << cut;
    int applied = 0;
    ASSERT_EQ(replay(saved, recovered, applied), states[wholeLines - 1]);
  }

  std::string flipped = whole;
  flipped[lineEnds[3] + 40] ^= 1;
  putBytes(path_, flipped);
  EXPECT_EQ(recover().entries.size(), 3u);
  EXPECT_TRUE(recover().endIsTorn);

  for (const std::size_t cut : {std::size_t(0), std::size_t(3), lineEnds[0] - 1}) {
    putBytes(path_, whole.substr(0, cut));
    EXPECT_FALSE(recoverJournal(path_));
  }
  Journal::remove(path_);
  EXPECT_EQ(recoverJournal(path_).error().code, ErrorCode::NotFound);
}

TEST_F(JournalTest, AfterASaveOnlyLaterEditsAreLeft) {
  RandomAuthor author(6);
  auto journal = begin(author.timeline());
  for (int i = 0; i < 10; ++i) journal->append("Edit", author.editOnce());
  const Timeline snapshot = author.timeline();
  const std::uint64_t saved = journal->lastSequence();
  for (int i = 0; i < 3; ++i) journal->append("Later", author.editOnce());  // while the save was running

  ASSERT_TRUE(journal->truncate(saved, startOn(snapshot)));
  journal->append("Last", author.editOnce());
  ASSERT_TRUE(journal->flush());

  const RecoveredJournal recovered = recover();
  ASSERT_EQ(recovered.entries.size(), 4u);
  EXPECT_EQ(recovered.entries.front().sequence, 11u);
  int applied = 0;
  EXPECT_EQ(replay(snapshot, recovered, applied), author.timeline());
  EXPECT_EQ(applied, 4);
}

TEST_F(JournalTest, ACrashBetweenSaveAndTruncateLosesNothing) {
  RandomAuthor author(8);
  auto journal = begin(author.timeline());
  for (int i = 0; i < 40; ++i) journal->append("Edit", author.editOnce());
  const Timeline savedState = author.timeline();  // reaches the project, then the machine goes down
  for (int i = 0; i < 5; ++i) journal->append("Edit", author.editOnce());
  ASSERT_TRUE(journal->flush());

  int applied = 0;
  EXPECT_EQ(replay(savedState, recover(), applied), author.timeline());
  EXPECT_EQ(applied, 5);
}

TEST_F(JournalTest, ForeignEditsAreNotForcedOnAProject) {
  RandomAuthor author(9);
  auto journal = begin(author.timeline());
  for (int i = 0; i < 10; ++i) journal->append("Edit", author.editOnce());
  ASSERT_TRUE(journal->flush());
  RandomAuthor other(10);
  for (int i = 0; i < 10; ++i) other.editOnce();

  int applied = -1;
  EXPECT_EQ(replay(other.timeline(), recover(), applied), other.timeline());
  EXPECT_EQ(applied, 0);
}

TEST_F(JournalTest, KilledWhileEditingLosesAtMostATenthOfASecond) {
  for (int i = 0; i < 20; ++i) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      RandomAuthor author{std::uint64_t(i)};
      auto journal = Journal::begin(path_, startOn(author.timeline()));
      if (!journal) ::_exit(1);
      for (int k = 1;; ++k) {
        (*journal)->append("Edit", author.editOnce());
        ::usleep(1000);
        if (k % 10 == 0 && !(*journal)->flush()) ::_exit(2);
        if (k % 10 == 0 && ::write(ends[1], &k, sizeof k) != sizeof k) ::_exit(3);
      }
    }
    ::usleep(20'000 + 3000 * useconds_t(i));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends[1]);
    int promised = 0;
    for (int k = 0; ::read(ends[0], &k, sizeof k) == sizeof k;) promised = k;
    ::close(ends[0]);
    if (promised == 0) continue;
    const RecoveredJournal recovered = recover();
    EXPECT_GE(int(recovered.entries.size()), promised) << "what flush() promised is there";
    RandomAuthor again{std::uint64_t(i)};
    for (const JournalEntry& entry : recovered.entries) ASSERT_EQ(entry.patch, again.editOnce());
  }
}

TEST_F(JournalTest, AFullDiskIsToldAndTheWholeLinesStay) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    RandomAuthor author(12);
    auto journal = Journal::begin(path_, startOn(author.timeline()));
    const rlimit size{6000, RLIM_INFINITY};
    if (!journal || ::setrlimit(RLIMIT_FSIZE, &size) != 0) ::_exit(2);
    Status status;
    for (int i = 0; i < 200 && status; ++i) {
      (*journal)->append("Edit", author.editOnce());
      status = (*journal)->flush();
    }
    if (status) ::_exit(3);
    const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &none);
    if (!(*journal)->flush()) ::_exit(4);  // room again: what waited is written
    ::_exit((*journal)->lastSequence() == recoverJournal(path_)->entries.size() ? 0 : 5);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_FALSE(recover().endIsTorn);
}

TEST(JournalPathTest, EachProjectHasItsOwn) {
  const fs::path a = journalPathFor("/state", "/home/ada/walk.kinescore");
  EXPECT_EQ(a.parent_path(), "/state/journals");
  EXPECT_EQ(a, journalPathFor("/state", "/home/ada/../ada/walk.kinescore"));
  EXPECT_NE(a, journalPathFor("/state", "/home/bob/walk.kinescore"));
  EXPECT_EQ(journalPathFor("/state", "").filename().string().rfind("untitled-", 0), 0u);
}

}  // namespace
}  // namespace kinescore
