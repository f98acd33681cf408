#include <gtest/gtest.h>

#include "engine/timeline/clipboard.h"
#include "engine/timeline/time_edit.h"
#include "tests/engine/timeline/timeline_fixture.h"
#include "tests/support/motions.h"

namespace kinescore {
namespace {

class TimeEditTest : public EditedTimelineTest {
 protected:
  ObjectId key(ObjectId trackId, double at) {
    CounterRandom random(3);
    return take(pinPose(timeline_, ids_, trackId, second(at), randomPose(random))).changes.front().id;
  }
  void lock(ObjectId id) {
    Clip locked = at(id);
    locked.locked = true;
    take(changeClip(timeline_, locked));
  }
  void expectSpan(ObjectId id, double start, double end) {
    EXPECT_EQ(at(id).span, (TimeRange{second(start), second(end)}))
        << secondsOf(at(id).span.start) << " … " << secondsOf(at(id).span.end);
  }
};

TEST_F(TimeEditTest, ScalingKeepsProportionsAcrossTracksAndWholeFrames) {
  const ObjectId text = track(TrackKind::Text), poses = track(TrackKind::Pose);
  const ObjectId a = clip(text, 2, 4), b = clip(text, 4, 6), k = key(poses, 5);
  const Ticks keyLength = at(k).span.length();
  take(scaleClips(timeline_, std::vector{a, b, k}, {second(2), second(6)}, {second(2), second(8)}));
  expectSpan(a, 2, 5);
  expectSpan(b, 5, 8);
  EXPECT_EQ(at(k).span.start, second(6.5));
  EXPECT_EQ(at(k).span.length(), keyLength);

  take(scaleClips(timeline_, std::vector{a, b}, {second(2), second(8)}, {second(2), second(2.1)}));
  const FrameRate rate = timeline_.settings().rate;
  for (const ObjectId id : {a, b}) {
    EXPECT_EQ(at(id).span.start, ticksOfFrame(nearestFrame(at(id).span.start, rate), rate));
    EXPECT_GE(at(id).span.length(), ticksOfFrame(1, rate));
  }
}

TEST_F(TimeEditTest, WhatIsInsideScalesAlongButSoundKeepsItsSpeed) {
  const ObjectId video = clip(track(TrackKind::Video), 0, 4, VideoCondition{"v.mp4", second(1), 1.5, false});
  const ObjectId audio = clip(track(TrackKind::Audio), 0, 4, AudioCondition{"a.wav", second(1), 120, 0});
  PathCondition path;
  path.points = {{second(0), {0, 0}, {}}, {second(1), {1, 0}, {}}, {second(4), {2, 0}, {}}};
  const ObjectId walk = clip(track(TrackKind::Path), 0, 4, path);
  Clip shaped = at(walk);
  shaped.strength.points = {{second(0), 0}, {second(2), 1}};
  take(changeClip(timeline_, shaped));

  take(scaleClips(timeline_, std::vector{video, audio, walk}, {second(0), second(4)}, {second(0), second(8)}));
  EXPECT_DOUBLE_EQ(std::get<VideoCondition>(at(video).condition).speed, 0.75);
  EXPECT_EQ(std::get<AudioCondition>(at(audio).condition), (AudioCondition{"a.wav", second(1), 120, 0}));
  EXPECT_EQ(std::get<PathCondition>(at(walk).condition).points[1].time, second(2));
  EXPECT_EQ(at(walk).strength.points[1].time, second(4));
}

TEST_F(TimeEditTest, KeysThatWouldMeetAreNotScaled) {
  const ObjectId poses = track(TrackKind::Pose);
  const ObjectId a = key(poses, 1), b = key(poses, 1.1);
  expectRefused(scaleClips(timeline_, std::vector{a, b}, {second(1), second(2)}, {second(1), second(1.05)}),
                "already a pose key");
}

TEST_F(TimeEditTest, SlippingMovesWhatPlaysAndStopsAtItsBeginning) {
  const ObjectId video = clip(track(TrackKind::Video), 2, 4, VideoCondition{"v.mp4", second(1), 2, false});
  take(slipClips(timeline_, std::vector{video}, second(0.25)));
  expectSpan(video, 2, 4);
  EXPECT_EQ(std::get<VideoCondition>(at(video).condition).inPoint, second(0.5));
  take(slipClips(timeline_, std::vector{video}, second(9)));
  EXPECT_EQ(std::get<VideoCondition>(at(video).condition).inPoint, Ticks{0});
  take(slipClips(timeline_, std::vector{video}, second(-1)));
  EXPECT_EQ(std::get<VideoCondition>(at(video).condition).inPoint, second(2));

  const ObjectId text = clip(track(TrackKind::Text), 2, 4);
  expectRefused(slipClips(timeline_, std::vector{text}, second(1)), "can be slipped");
}

TEST_F(TimeEditTest, SlidingTrimsTheNeighboursAndKeepsJoins) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId left = clip(text, 0, 3), middle = clip(text, 2.5, 5), right = clip(text, 5, 8);
  take(slideClip(timeline_, middle, second(1)));
  expectSpan(left, 0, 4);
  expectSpan(middle, 3.5, 6);
  expectSpan(right, 6, 8);

  take(slideClip(timeline_, middle, second(20)));  // a frame of the right one is left
  EXPECT_EQ(at(right).span.length(), ticksOfFrame(1, timeline_.settings().rate));
  EXPECT_EQ(at(middle).span.end, at(right).span.start);
  EXPECT_EQ(at(right).span.end, second(8));

  lock(left);
  expectRefused(slideClip(timeline_, middle, second(-1)), "locked");
}

TEST_F(TimeEditTest, AJoinGetsAnotherLengthAroundItsMiddle) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId a = clip(text, 0, 3), b = clip(text, 2, 5);
  take(setJoinLength(timeline_, a, b, second(2)));
  expectSpan(a, 0, 3.5);
  expectSpan(b, 1.5, 5);
  take(setJoinLength(timeline_, a, b, second(0)));  // a hard cut
  expectSpan(a, 0, 2.5);
  expectSpan(b, 2.5, 5);
  take(setJoinLength(timeline_, a, b, second(60)));
  EXPECT_GT(at(b).span.start, second(0));
  EXPECT_LT(at(a).span.end, second(5));
  const ObjectId far = clip(text, 7, 8);
  expectRefused(setJoinLength(timeline_, b, far, second(1)), "follow one another");
}

TEST_F(TimeEditTest, ATrackIsPlacedAmongTheOthers) {
  const ObjectId a = track(TrackKind::Text, "a"), b = track(TrackKind::Pose, "b"), c = track(TrackKind::Path, "c");
  const auto order = [&] {
    std::vector<ObjectId> ids;
    for (const auto& t : timeline_.tracks()) ids.push_back(t->id);
    return ids;
  };
  take(placeTrack(timeline_, c, 0));
  EXPECT_EQ(order(), (std::vector{c, a, b}));
  take(placeTrack(timeline_, c, 99));
  EXPECT_EQ(order(), (std::vector{a, b, c}));
  take(placeTrack(timeline_, a, 1));
  EXPECT_EQ(order(), (std::vector{b, a, c}));
}

TEST_F(TimeEditTest, RippleDeleteClosesTheGapOnItsTrackOnly) {
  const ObjectId text = track(TrackKind::Text), other = track(TrackKind::Text, "B");
  const ObjectId a = clip(text, 0, 2), b = clip(text, 2, 5), c = clip(text, 6, 8), d = clip(other, 6, 8);
  take(rippleDelete(timeline_, std::vector{b}));
  expectSpan(a, 0, 2);
  expectSpan(c, 3, 5);
  expectSpan(d, 6, 8);
}

TEST_F(TimeEditTest, TimeThatAnotherClipFillsIsNoGap) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId a = clip(text, 0, 3), b = clip(text, 2, 5), c = clip(text, 4, 8), d = clip(text, 8, 9);
  take(rippleDelete(timeline_, std::vector{b}));  // only 3 … 4 was its own
  expectSpan(a, 0, 3);
  expectSpan(c, 3, 7);
  expectSpan(d, 7, 8);
}

TEST_F(TimeEditTest, RippleDeletingKeysMovesNothing) {
  const ObjectId poses = track(TrackKind::Pose);
  const ObjectId a = key(poses, 1), b = key(poses, 2);
  take(rippleDelete(timeline_, std::vector{a}));
  EXPECT_EQ(at(b).span.start, second(2));
}

TEST_F(TimeEditTest, ALockedClipInTheWayRefusesARipple) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId a = clip(text, 0, 2), b = clip(text, 3, 4);
  lock(b);
  expectRefused(rippleDelete(timeline_, std::vector{a}), "locked");
  expectRefused(rippleMove(timeline_, std::vector{a}, second(1)), "locked");
  expectRefused(rippleTrim(timeline_, a, {second(0), second(1)}), "locked");
}

TEST_F(TimeEditTest, RippleMoveAndTrimTakeAlongWhatFollows) {
  const ObjectId text = track(TrackKind::Text);
  const ObjectId a = clip(text, 0, 2), b = clip(text, 2, 4), c = clip(text, 5, 6);
  take(rippleMove(timeline_, std::vector{b}, second(1)));
  expectSpan(a, 0, 2);
  expectSpan(b, 3, 5);
  expectSpan(c, 6, 7);
  take(rippleTrim(timeline_, b, {second(3), second(4)}));
  expectSpan(b, 3, 4);
  expectSpan(c, 5, 6);
  take(rippleTrim(timeline_, b, {second(3.5), second(4)}));  // from the front: it stays where it is
  expectSpan(b, 3, 3.5);
  expectSpan(c, 4.5, 5.5);
}

TEST_F(TimeEditTest, RoomIsMadeBySplittingWhatLiesOverIt) {
  const ObjectId text = track(TrackKind::Text), other = track(TrackKind::Text, "B");
  const ObjectId a = clip(text, 0, 4), b = clip(text, 5, 6), c = clip(other, 5, 6);
  take(makeRoom(timeline_, ids_, std::vector{text}, second(3), second(2)));
  expectSpan(a, 0, 3);
  expectSpan(b, 7, 8);
  expectSpan(c, 5, 6);
  ASSERT_EQ(timeline_.clipsOf(text).size(), 3u);
  EXPECT_EQ(timeline_.clipsOf(text)[1]->span, (TimeRange{second(5), second(6)}));
}

TEST_F(TimeEditTest, ClipsAreCopiedIntoAnotherProject) {
  const ObjectId text = track(TrackKind::Text, "Body"), poses = track(TrackKind::Pose, "Poses");
  const ObjectId a = clip(text, 1, 3, TextCondition{"walk"}), k = key(poses, 2);
  lock(a);
  const std::string words = writePatch(copyClips(timeline_, std::vector{a, k}));

  Timeline here = timeline_;
  timeline_ = Timeline();
  track(TrackKind::Text, "Legs");
  const ObjectId body = track(TrackKind::Text, "Body");
  const auto copied = readPatch(words);
  ASSERT_TRUE(copied);
  EXPECT_TRUE(holdsClips(*copied));
  take(pasteClips(timeline_, ids_, *copied, second(5), PasteMode::Over));

  ASSERT_EQ(timeline_.clipsOf(body).size(), 1u);  // by its name
  EXPECT_EQ(timeline_.clipsOf(body)[0]->span, (TimeRange{second(5), second(7)}));
  EXPECT_FALSE(timeline_.clipsOf(body)[0]->locked);
  ASSERT_EQ(timeline_.tracks().size(), 3u);  // the poses' came along
  const auto& made = *timeline_.tracks().back();
  EXPECT_EQ(made.name, "Poses");
  ASSERT_EQ(timeline_.clipsOf(made.id).size(), 1u);
  EXPECT_EQ(timeline_.clipsOf(made.id)[0]->span.start, second(6));
  EXPECT_EQ(timeline_.clipsOf(made.id)[0]->condition, here.findClip(k)->condition);
}

TEST_F(TimeEditTest, PastingWithRippleMakesRoomWhereItPastes) {
  const ObjectId text = track(TrackKind::Text), audio = track(TrackKind::Audio);
  const ObjectId a = clip(text, 0, 2), b = clip(text, 2, 4);
  const ObjectId sound = clip(audio, 2, 4, AudioCondition{"a.wav", {}, 0, 0});
  const TimelinePatch copied = copyClips(timeline_, std::vector{a});
  take(pasteClips(timeline_, ids_, copied, second(2), PasteMode::Ripple));
  expectSpan(a, 0, 2);
  expectSpan(b, 4, 6);
  expectSpan(sound, 2, 4);
  EXPECT_EQ(timeline_.clipsOf(text)[1]->span, (TimeRange{second(2), second(4)}));
  expectRefused(pasteClips(timeline_, ids_, {}, second(2), PasteMode::Over), "no clips to paste");
}

TEST_F(TimeEditTest, ColoursAreKeptAndOnlyWrittenWhenChosen) {
  const ObjectId text = track(TrackKind::Text);
  EXPECT_EQ(writePatch({{{text, std::nullopt, TimelineObject{*timeline_.findTrack(text)}}}}).find("color"), std::string::npos);
  Track painted = *timeline_.findTrack(text);
  painted.color = 3;
  const TimelinePatch patch = take(changeTrack(timeline_, painted));
  const auto read = readPatch(writePatch(patch));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, patch);
  painted.color = kLabelColors + 1;
  expectRefused(changeTrack(timeline_, painted), "colours");
}

}  // namespace
}  // namespace kinescore
