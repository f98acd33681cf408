#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/engine/timeline/timeline_fixture.h"
#include "tests/support/motions.h"

namespace kinescore {
namespace {

class TimelineTest : public EditedTimelineTest {
 protected:
  template <class Edit, class... Arguments>
  TimelinePatch run(Edit edit, const Arguments&... arguments) {
    return take(edit(timeline_, arguments...));
  }
};

TEST_F(TimelineTest, ClipsOfATrackAreSortedByStart) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId late = clip(text, 5, 7);
  const ObjectId early = clip(text, 0, 3);
  const ObjectId overlapping = clip(text, 2, 6);

  const auto& clips = timeline_.clipsOf(text);
  ASSERT_EQ(clips.size(), 3u);
  EXPECT_EQ(clips[0]->id, early);
  EXPECT_EQ(clips[1]->id, overlapping);
  EXPECT_EQ(clips[2]->id, late);
}

TEST_F(TimelineTest, ACopyKeepsWhatTheOriginalChanges) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId other = track(TrackKind::Text, "B");
  const ObjectId walk = clip(text, 0, 3);
  clip(other, 0, 1);
  const Timeline snapshot = timeline_;

  run(moveClips, std::vector{walk}, second(2));

  EXPECT_EQ(snapshot.findClip(walk)->span.start, second(0));
  EXPECT_EQ(at(walk).span.start, second(2));
  EXPECT_EQ(&snapshot.clipsOf(other), &timeline_.clipsOf(other)) << "an untouched track is shared";
}

TEST_F(TimelineTest, MovingAClipOverAnotherSortsItAnew) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId first = clip(text, 0, 1);
  const ObjectId last = clip(text, 2, 3);

  run(moveClips, std::vector{first}, second(4));

  EXPECT_EQ(timeline_.clipsOf(text)[0]->id, last);
  EXPECT_EQ(timeline_.clipsOf(text)[1]->id, first);
}

TEST_F(TimelineTest, AGroupStopsTogetherAtZero) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId a = clip(text, 1, 2);
  const ObjectId b = clip(text, 4, 5);

  run(moveClips, std::vector{a, b}, second(-3));

  EXPECT_EQ(at(a).span.start, second(0));
  EXPECT_EQ(at(b).span.start, second(3));
}

TEST_F(TimelineTest, DraggingBackToWhereItWasLeavesNothing) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId walk = clip(text, 0, 3);

  const TimelinePatch there = run(moveClips, std::vector{walk}, second(2));
  const TimelinePatch back = run(moveClips, std::vector{walk}, second(-2));

  EXPECT_TRUE(merged(there, back).isEmpty());
}

TEST_F(TimelineTest, ThePartsOfASplitPathStayWhereTheyWere) {
  const ObjectId path = track(TrackKind::Path);
  const ObjectId whole = clip(path, 1, 5, PathCondition{{{second(0), {0, 0}, {}}, {second(4), {0, 4}, {}}}});

  run(splitClip, std::ref(static_cast<IdSource&>(ids_)), whole, second(3));

  const Clip& right = *timeline_.clipsOf(path)[1];
  EXPECT_EQ(right.span.start, second(3));
  const auto& points = std::get<PathCondition>(right.condition).points;
  EXPECT_EQ(points[1].time + right.span.start, second(5));
}

TEST_F(TimelineTest, TrimmingTheStartOfASoundMovesItsInPoint) {
  const ObjectId audio = track(TrackKind::Audio);
  const ObjectId song = clip(audio, 1, 5, AudioCondition{"song.wav", second(10)});

  run(trimClip, song, TimeRange{second(2), second(5)});

  EXPECT_EQ(std::get<AudioCondition>(at(song).condition).inPoint, second(11));
}

TEST_F(TimelineTest, PinningAtAKeyReplacesIt) {
  const ObjectId poses = track(TrackKind::Pose);
  CounterRandom random(1);
  const Pose first = randomPose(random);
  const Pose second_ = randomPose(random);
  IdSource& ids = ids_;

  run(pinPose, std::ref(ids), poses, second(1), first);
  run(pinPose, std::ref(ids), poses, second(1), second_);

  ASSERT_EQ(timeline_.clipsOf(poses).size(), 1u);
  EXPECT_EQ(std::get<PoseCondition>(timeline_.clipsOf(poses)[0]->condition).pose, second_);
}

TEST_F(TimelineTest, AKeyDoesNotMoveOntoAnother) {
  const ObjectId poses = track(TrackKind::Pose);
  const Pose pose = restPose(*kinescore22());
  IdSource& ids = ids_;
  run(pinPose, std::ref(ids), poses, second(1), pose);
  run(pinPose, std::ref(ids), poses, second(2), pose);
  const ObjectId first = timeline_.clipsOf(poses)[0]->id;

  expectRefused(moveClips(timeline_, std::vector{first}, second(1)), "already a pose key at frame 60");
}

TEST_F(TimelineTest, WhatIsLockedStaysAsItIs) {
  const ObjectId text = track(TrackKind::Text, "Body");
  const ObjectId walk = clip(text, 0, 3);
  Track locked = *timeline_.findTrack(text);
  locked.locked = true;
  run(changeTrack, locked);

  expectRefused(moveClips(timeline_, std::vector{walk}, second(1)), "“Body” is locked");
  expectRefused(deleteTrack(timeline_, text), "“Body” is locked");
  expectRefused(deleteClips(timeline_, std::vector{walk}), "“Body” is locked");
  Clip changed = at(walk);
  changed.condition = TextCondition{"run"};
  expectRefused(changeClip(timeline_, changed), "“Body” is locked");

  locked.locked = false;
  run(changeTrack, locked);
  changed.locked = true;
  run(changeClip, changed);
  expectRefused(trimClip(timeline_, walk, {second(0), second(1)}), "“run” is locked");
  changed.locked = false;
  run(changeClip, changed);
  EXPECT_FALSE(at(walk).locked);
}

TEST_F(TimelineTest, AClipNeedsATrackOfItsKind) {
  const ObjectId poses = track(TrackKind::Pose, "Poses");
  Clip text;
  text.trackId = poses;
  text.span = {second(0), second(1)};
  text.condition = TextCondition{"walk"};

  expectRefused(addClip(timeline_, ids_, text), "of another kind");
  text.trackId = {99};
  expectRefused(addClip(timeline_, ids_, text), "does not exist");
}

TEST_F(TimelineTest, BadObjectsAreRefusedAndNothingChanges) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId poses = track(TrackKind::Pose);
  const ObjectId path = track(TrackKind::Path);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto refused = [&](ObjectId trackId, Condition condition, TimeRange span, const char* part) {
    Clip clip;
    clip.id = {1000};
    clip.trackId = trackId;
    clip.span = span;
    clip.condition = std::move(condition);
    const Result<Timeline> next = apply(timeline_, {{{clip.id, std::nullopt, clip}}});
    ASSERT_FALSE(next);
    EXPECT_NE(next.error().message.find(part), std::string::npos) << next.error().message;
  };
  const TimeRange span{second(0), second(1)};

  refused(text, TextCondition{"walk"}, {second(1), second(1)}, "needs a length");
  refused(text, TextCondition{"walk"}, {second(0), second(1e6)}, "a day away");
  refused(text, TextCondition{std::string(2 << 20, 'a')}, span, "1 MB");
  refused(text, TextCondition{"\xff\xfe"}, span, "no text");
  refused(poses, PoseCondition{}, span, "22 joints");
  Pose pose = restPose(*kinescore22());
  pose.rootPosition.x = nan;
  refused(poses, PoseCondition{pose}, span, "no pose");
  pose = restPose(*kinescore22());
  pose.localRotations[3] = glm::quat(0, 0, 0, 0);
  refused(poses, PoseCondition{pose}, span, "no pose");
  refused(poses, TargetCondition{22}, span, "joint");
  refused(path, PathCondition{{{second(1), {}, {}}, {second(0), {}, {}}}}, span, "follow one another");
  refused(path, PathCondition{{{second(1), {nan, 0}, {}}}}, span, "no place");
}

TEST_F(TimelineTest, APatchThatDoesNotFitChangesNothing) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId walk = clip(text, 0, 3);
  const TimelinePatch move = *moveClips(timeline_, std::vector{walk}, second(1));
  run(moveClips, std::vector{walk}, second(2));
  const std::string hash = timeline_.contentHash();

  EXPECT_FALSE(apply(timeline_, move)) << "its before is no longer there";
  EXPECT_FALSE(apply(timeline_, {{{text, *timeline_.findObject(text), std::nullopt}}})) << "clips would lose their track";
  EXPECT_FALSE(apply(timeline_, {{{kSettingsId, timeline_.settings(), std::nullopt}}}));
  EXPECT_FALSE(apply(timeline_, {{{{5000}, at(walk), std::nullopt}}})) << "the id is another object's";
  EXPECT_EQ(timeline_.contentHash(), hash);
}

TEST_F(TimelineTest, SoloSilencesOnlyItsKind) {
  const ObjectId a = track(TrackKind::Text, "A");
  const ObjectId b = track(TrackKind::PartText, "B");
  const ObjectId poses = track(TrackKind::Pose, "P");
  Track soloed = *timeline_.findTrack(a);
  soloed.soloed = true;
  run(changeTrack, soloed);

  EXPECT_TRUE(timeline_.isAudible(*timeline_.findTrack(a)));
  EXPECT_FALSE(timeline_.isAudible(*timeline_.findTrack(b)));
  EXPECT_TRUE(timeline_.isAudible(*timeline_.findTrack(poses)));
  soloed.muted = true;
  run(changeTrack, soloed);
  EXPECT_FALSE(timeline_.isAudible(*timeline_.findTrack(a)));
}

TEST_F(TimelineTest, ThePlayRangeFollowsTheDuration) {
  TimelineSettings settings = timeline_.settings();
  settings.duration = second(4);
  run(changeSettings, settings);
  EXPECT_EQ(timeline_.settings().playRange, (TimeRange{second(0), second(4)}));

  settings = timeline_.settings();
  settings.playRange = {second(1), second(3)};
  run(changeSettings, settings);
  settings.duration = second(2);
  run(changeSettings, settings);
  EXPECT_EQ(timeline_.settings().playRange, (TimeRange{second(1), second(2)}));
}

TEST_F(TimelineTest, TheHashIsOfTheContentAndNotOfTheWayThere) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId walk = clip(text, 0, 3);
  const std::string hash = timeline_.contentHash();
  run(moveClips, std::vector{walk}, second(1));
  EXPECT_NE(timeline_.contentHash(), hash);
  run(moveClips, std::vector{walk}, second(-1));
  EXPECT_EQ(timeline_.contentHash(), hash);
}

TEST(StrengthEnvelopeTest, IsLinearBetweenPointsAndLevelOutside) {
  const StrengthEnvelope envelope{{{second(1), 0.2f}, {second(3), 1.0f}}};
  EXPECT_FLOAT_EQ(envelope.at(second(0)), 0.2f);
  EXPECT_FLOAT_EQ(envelope.at(second(1)), 0.2f);
  EXPECT_FLOAT_EQ(envelope.at(second(2)), 0.6f);
  EXPECT_FLOAT_EQ(envelope.at(second(3)), 1.0f);
  EXPECT_FLOAT_EQ(envelope.at(second(9)), 1.0f);
  EXPECT_FLOAT_EQ(StrengthEnvelope{}.at(second(1)), 1.0f);
}

TEST(IdsTest, DrawnIdsStayExactInEveryJsonReader) {
  RandomIds ids;
  for (int i = 0; i < 1000; ++i) {
    const ObjectId id = ids.next();
    EXPECT_GT(id.value, kSettingsId.value);
    EXPECT_EQ(std::uint64_t(double(id.value)), id.value);
  }
}

}  // namespace
}  // namespace kinescore
