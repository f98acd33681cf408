#include "engine/request/heard_clips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A folder with the song of the tests of engine/media under `music/`.
class HeardClipsTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "music");
    fs::copy_file(fs::path(KINESCORE_TEST_DATA_DIR) / "sound/song.wav", song());
  }
  fs::path song() const { return folder_ / "music/song.wav"; }
  HeardClips listen(const std::vector<std::string>& files) {
    told_.clear();
    auto clips = listenToClips(files, folder_.path(), memory_,
                               [this](const std::string& name, double done) { told_.emplace_back(name, done); });
    EXPECT_TRUE(clips) << clips.error().message;
    return *std::move(clips);
  }

  TemporaryFolder folder_;
  SoundMemory memory_;
  std::vector<std::pair<std::string, double>> told_;
};

TEST_F(HeardClipsTest, FilesAreNamedFromTheProjectAndMayBeMissing) {
  const HeardClips clips = listen({"music/song.wav", "none.mp3"});
  EXPECT_THAT(clips.files, ElementsAre("music/song.wav", "none.mp3"));
  ASSERT_EQ(clips.sounds.size(), 1u);
  EXPECT_NEAR(clips.sounds.at("music/song.wav")->beatsPerMinute, 110, 1);
  EXPECT_EQ(clips.sounds.at("music/song.wav")->file, "song.wav");
  ASSERT_EQ(clips.problems.size(), 1u);
  EXPECT_THAT(clips.problems[0], HasSubstr("none.mp3” does not exist."));
  ASSERT_FALSE(told_.empty());
  for (std::size_t i = 0; i < told_.size(); ++i) {
    EXPECT_EQ(told_[i].first, "song.wav");
    EXPECT_LE(told_[i].second, 0.5) << "the first half of all";
    EXPECT_GE(told_[i].second, told_[i == 0 ? 0 : i - 1].second);
  }
}

TEST_F(HeardClipsTest, AFileIsHeardOnceUntilItChanges) {
  const auto first = listen({"music/song.wav"}).sounds.at("music/song.wav");
  EXPECT_EQ(listen({"music/song.wav"}).sounds.at("music/song.wav"), first);
  EXPECT_THAT(told_, IsEmpty()) << "nothing was listened to";

  fs::last_write_time(song(), fs::last_write_time(song()) + std::chrono::seconds(2));
  const auto second = listen({"music/song.wav"}).sounds.at("music/song.wav");
  EXPECT_NE(second, first);
  EXPECT_TRUE(*second == *first) << "the same sound";

  fs::remove(song());
  EXPECT_EQ(listen({"music/song.wav"}).problems.size(), 1u);
}

TEST_F(HeardClipsTest, WhatIsNotNamedAnyMoreIsForgotten) {
  const std::weak_ptr<const HeardSound> known = listen({"music/song.wav"}).sounds.at("music/song.wav");
  EXPECT_FALSE(known.expired());
  listen({});
  EXPECT_TRUE(known.expired());
}

TEST_F(HeardClipsTest, AStopIsAnswered) {
  std::stop_source stop;
  const auto stopped = listenToClips({"music/song.wav"}, folder_.path(), memory_,
                                     [&](const std::string&, double) { stop.request_stop(); }, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace kinescore
