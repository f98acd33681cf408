#include "engine/project/collect.h"

#include <gtest/gtest.h>


#include "engine/project/media_files.h"
#include "tests/support/projects.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

class CollectTest : public testing::Test {
 protected:
  CollectTest() {
    const ObjectId audio = builder_.track(TrackKind::Audio, "Audio");
    builder_.clip(audio, 0, 2, AudioCondition{"music/song.wav", {}, 0, 0});
    builder_.clip(audio, 3, 4, AudioCondition{"../other/song.wav", {}, 0, 0});
    builder_.clip(audio, 5, 6, AudioCondition{"", {}, 120, 0});
    builder_.clip(audio, 7, 8, AudioCondition{"music/song.wav", {}, 0, 0});
    putBytes(here() / "music/song.wav", "one song");
    putBytes(folder_ / "other/song.wav", "another song");
    putBytes(here() / "rough.bvh", "a draft");
    document_.timeline = builder_.timeline();
    document_.settings.draft = "rough.bvh";
    document_.addTake(takeOf(5, 1));
  }
  fs::path here() const { return folder_ / "shots"; }
  fs::path target() const { return folder_ / "stick/rooftop/rooftop.kinescore"; }

  TemporaryFolder folder_;
  TimelineBuilder builder_;
  ProjectDocument document_;
};

TEST_F(CollectTest, ItOpensElsewhereWithEverything) {
  const auto collected = collectProject(document_, here(), target());
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(collected->files, 3);
  EXPECT_TRUE(collected->missing.empty());
  fs::remove_all(here());
  fs::remove_all(folder_ / "other");
  fs::rename(folder_ / "stick", folder_ / "elsewhere");

  const fs::path moved = folder_ / "elsewhere/rooftop/rooftop.kinescore";
  const auto opened = openProject(moved);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->warnings.empty());
  EXPECT_EQ(mediaFilesOf(opened->document.timeline), (Names{"media/song.wav", "media/song-2.wav"}));
  EXPECT_TRUE(missingMedia(opened->document.timeline, moved.parent_path()).empty());
  EXPECT_EQ(bytesOf(moved.parent_path() / "media/song-2.wav"), "another song");
  EXPECT_EQ(opened->document.settings.draft, "media/rough.bvh");
  EXPECT_EQ(bytesOf(moved.parent_path() / "media/rough.bvh"), "a draft");
  ASSERT_EQ(opened->document.takes.size(), 1u);
  EXPECT_NE(opened->document.takes[0].take, nullptr);
}

TEST_F(CollectTest, WhatIsMissingIsSaidAndStaysNamed) {
  fs::remove(here() / "music/song.wav");
  const auto collected = collectProject(document_, here(), target());
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(collected->missing, (Names{(here() / "music/song.wav").string()}));
  const auto opened = openProject(target());
  EXPECT_EQ(mediaFilesOf(opened->document.timeline).front(), "../../shots/music/song.wav");
}

TEST_F(CollectTest, NothingIsReplaced) {
  putBytes(target(), "somebody's");
  EXPECT_FALSE(collectProject(document_, here(), target()));
  EXPECT_EQ(bytesOf(target()), "somebody's");
  fs::remove(target());
  putBytes(target().parent_path() / "media/song.wav", "somebody's");
  const auto collected = collectProject(document_, here(), target());
  ASSERT_TRUE(collected) << collected.error().message;
  EXPECT_EQ(bytesOf(target().parent_path() / "media/song.wav"), "somebody's");
}

TEST_F(CollectTest, StoppedItLeavesNothingBehind) {
  const auto stopped = collectProject(document_, here(), target(), [](double done) { return done < 0.5; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
  EXPECT_FALSE(fs::exists(target()));
  EXPECT_FALSE(fs::exists(target().parent_path() / "media"));
}

TEST_F(CollectTest, AFolderThatCannotBeWrittenIsOneSentence) {
  putBytes(folder_ / "stick", "a file is in the way");
  const auto refused = collectProject(document_, here(), target());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message.back(), '.');
}

}  // namespace
}  // namespace kinescore
