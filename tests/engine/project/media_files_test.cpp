#include "engine/project/media_files.h"

#include <gtest/gtest.h>

#include "tests/support/projects.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

using Names = std::vector<std::string>;

class MediaFilesTest : public testing::Test {
 protected:
  MediaFilesTest() {
    const ObjectId audio = builder_.track(TrackKind::Audio, "Audio"), video = builder_.track(TrackKind::Video, "Video");
    builder_.clip(audio, 0, 2, AudioCondition{"music/song.wav", {}, 0, 0});
    builder_.clip(audio, 3, 4, AudioCondition{"music/song.wav", {}, 0, 0});
    builder_.clip(audio, 5, 6, AudioCondition{"", {}, 120, 0});  // a tempo without a recording
    builder_.clip(video, 0, 2, VideoCondition{"../me.mp4", {}, 1, false});
    for (const char* name : {"shots/music/song.wav", "me.mp4"}) putBytes(folder_ / name, "bytes");
  }
  [[nodiscard]] const Timeline& timeline() const { return builder_.timeline(); }

  TemporaryFolder folder_;
  TimelineBuilder builder_;
};

TEST_F(MediaFilesTest, EachIsNamedOnceAndThoseWithoutAreLeftOut) {
  EXPECT_EQ(mediaFilesOf(timeline()), (Names{"music/song.wav", "../me.mp4"}));
}

TEST_F(MediaFilesTest, NamedFromAnotherFolderTheyAreTheSameFiles) {
  const auto whole = withMediaNamedFrom(timeline(), folder_ / "shots", {});
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(mediaFilesOf(*whole), (Names{folder_ / "shots/music/song.wav", folder_ / "me.mp4"}));
  const auto elsewhere = withMediaNamedFrom(timeline(), folder_ / "shots", folder_ / "sent/to");
  ASSERT_TRUE(elsewhere.ok());
  EXPECT_EQ(mediaFilesOf(*elsewhere), (Names{"../../shots/music/song.wav", "../../me.mp4"}));
  const auto back = withMediaNamedFrom(*whole, {}, folder_ / "shots");
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->contentHash(), timeline().contentHash());
}

TEST_F(MediaFilesTest, WhatIsNotThereIsMissing) {
  EXPECT_EQ(missingMedia(timeline(), folder_ / "shots"), Names{});
  EXPECT_EQ(missingMedia(timeline(), folder_ / "copied"), (Names{"music/song.wav"}));  // ../me.mp4 is the same file
  EXPECT_EQ(missingMedia(timeline(), folder_ / "copied/deeper"), (Names{"music/song.wav", "../me.mp4"}));
}

TEST_F(MediaFilesTest, OneThatWasFoundBringsTheOthersAroundIt) {
  // Everything went to another disk, as it lay.
  for (const char* name : {"disk/film/shots/music/song.wav", "disk/film/me.mp4"}) putBytes(folder_ / name, "bytes");
  std::filesystem::remove_all(folder_ / "shots");
  std::filesystem::remove(folder_ / "me.mp4");
  const auto patch = relinkMedia(timeline(), folder_ / "shots", "music/song.wav", folder_ / "disk/film/shots/music/song.wav");
  ASSERT_TRUE(patch.ok());
  EXPECT_EQ(patch->changes.size(), 3u);
  const auto linked = apply(timeline(), *patch);
  ASSERT_TRUE(linked.ok());
  EXPECT_EQ(mediaFilesOf(*linked), (Names{"../disk/film/shots/music/song.wav", "../disk/film/me.mp4"}));
  EXPECT_EQ(missingMedia(*linked, folder_ / "shots"), Names{});
}

TEST_F(MediaFilesTest, AFileThatIsNotThereOrNotNamedIsRefused) {
  EXPECT_FALSE(relinkMedia(timeline(), folder_ / "shots", "music/song.wav", folder_ / "nowhere.wav").ok());
  EXPECT_FALSE(relinkMedia(timeline(), folder_ / "shots", "other.wav", folder_ / "me.mp4").ok());
}

}  // namespace
}  // namespace kinescore
