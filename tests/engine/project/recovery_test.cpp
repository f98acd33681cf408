#include "engine/project/recovery.h"

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "tests/support/projects.h"
#include "tests/support/random_edits.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

class RecoveryTest : public testing::Test {
 protected:
  fs::path state() const { return folder_ / "state"; }
  fs::path project() const { return folder_ / "shots/walk.kinescore"; }
  /// A journal as a run leaves it that was killed: nobody holds it.
  void leave(const fs::path& journal, JournalStart start, RandomAuthor& author, int edits) {
    start.timelineHash = author.timeline().contentHash();
    auto begun = Journal::begin(journal, start);
    ASSERT_TRUE(begun) << begun.error().message;
    for (int i = 0; i < edits; ++i) (*begun)->append("Edit", author.editOnce());
  }
  static std::string snapshotOf(const Timeline& timeline) {
    ProjectDocument document;
    document.timeline = timeline;
    return writeProject(document);
  }

  TemporaryFolder folder_;
  RandomAuthor author_{7};
};

TEST_F(RecoveryTest, WorkThatWasNeverSavedComesBackWhole) {
  for (int i = 0; i < 12; ++i) author_.editOnce();
  const fs::path journal = newUntitledJournalPath(state());
  leave(journal, {"", "", "", snapshotOf(author_.timeline())}, author_, 9);
  ASSERT_TRUE(keepTakeBeside(journal, *takeOf(3, 1)));
  ASSERT_TRUE(keepTakeBeside(journal, *takeOf(4, 2)));
  putBytes(takesFolderOfJournal(journal) / (std::string(64, 'a') + ".safetensors"), "cut off by the crash");

  const auto found = unsavedWork(state());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].edits, 9);
  EXPECT_TRUE(found[0].project.empty());
  const auto opened = openVersion(found[0]);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->document.timeline, author_.timeline());
  ASSERT_EQ(opened->document.takes.size(), 2u);
  EXPECT_EQ(opened->document.shownTakeId, takeOf(4, 2)->id);
  Journal::remove(journal);
  EXPECT_TRUE(unsavedWork(state()).empty());
  EXPECT_FALSE(fs::exists(takesFolderOfJournal(journal)));
}

TEST_F(RecoveryTest, WhatARunningProgramWritesIsLeftToIt) {
  const fs::path journal = newUntitledJournalPath(state());
  auto running = Journal::begin(journal, {"", author_.timeline().contentHash(), "", snapshotOf(author_.timeline())});
  ASSERT_TRUE(running);
  (*running)->append("Edit", author_.editOnce());
  ASSERT_TRUE((*running)->flush());
  EXPECT_TRUE(isJournalInUse(journal));
  EXPECT_TRUE(unsavedWork(state()).empty());
  ASSERT_TRUE((*running)->truncate(0, {"", author_.timeline().contentHash(), "", ""}));
  EXPECT_TRUE(isJournalInUse(journal));  // the file is another one now
  running->reset();
  EXPECT_FALSE(isJournalInUse(journal));
  EXPECT_EQ(unsavedWork(state()).size(), 1u);
}

TEST_F(RecoveryTest, TwoWindowsWithoutAProjectKeepJournalsOfTheirOwn) {
  EXPECT_NE(newUntitledJournalPath(state()), newUntitledJournalPath(state()));
}

TEST_F(RecoveryTest, EditsOfAProjectFitAlsoWhenOnlyItsBackupIsWhatTheyWereMadeOn) {
  for (int i = 0; i < 5; ++i) author_.editOnce();
  ProjectDocument document;
  document.timeline = author_.timeline();
  fs::create_directories(project().parent_path());
  ASSERT_TRUE(saveProject(document, project()));
  leave(journalPathFor(state(), project()), {project().string(), "", "", ""}, author_, 6);
  // Another program replaces the project meanwhile; the earlier version becomes a backup.
  document.timeline = Timeline{};
  ASSERT_TRUE(saveProject(document, project()));

  const auto found = unsavedWork(state());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].project, project());
  const auto opened = openVersion(found[0]);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->document.timeline.contentHash(), author_.timeline().contentHash());

  fs::remove_all(takesFolderOf(project()));
  const auto gone = openVersion(found[0]);
  ASSERT_FALSE(gone);
  EXPECT_NE(gone.error().message.find("no longer there"), std::string::npos);
}

TEST_F(RecoveryTest, BackupsOpenWithTheirTakesAndNameFilesInFull) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1, 1));
  fs::create_directories(project().parent_path());
  ASSERT_TRUE(saveProject(document, project()));
  document.settings.seed = 99;
  ASSERT_TRUE(saveProject(document, project()));
  const std::string before = bytesOf(project());

  const auto found = savedVersions(project());
  ASSERT_EQ(found.size(), 1u);
  const auto opened = openVersion(found[0]);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->document.settings.seed, 1234u);
  ASSERT_EQ(opened->document.takes.size(), 1u);
  EXPECT_NE(opened->document.takes[0].take, nullptr);
  EXPECT_NE(writeProject(opened->document).find((folder_ / "shots/music/song.wav").string()), std::string::npos);
  EXPECT_EQ(bytesOf(project()), before);
}

TEST_F(RecoveryTest, WhereNothingIsNothingIsFound) {
  EXPECT_TRUE(unsavedWork({}).empty());
  EXPECT_TRUE(unsavedWork(state()).empty());
  EXPECT_TRUE(savedVersions({}).empty());
  putBytes(state() / "journals/bad.journal", "no journal");
  EXPECT_TRUE(unsavedWork(state()).empty());
}

}  // namespace
}  // namespace kinescore
