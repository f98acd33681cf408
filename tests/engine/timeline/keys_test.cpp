// Keys that are held, and feet that are planted.
#include "tests/engine/timeline/timeline_fixture.h"
#include "tests/support/motions.h"

namespace kinescore {
namespace {

class KeysTest : public EditedTimelineTest {
 protected:
  ObjectId pose(ObjectId trackId, double start) {
    CounterRandom random(std::uint64_t(start * 10));
    return take(pinPose(timeline_, ids_, trackId, second(start), randomPose(random))).changes.front().id;
  }
  ObjectId target(ObjectId trackId, double start, int joint) {
    Clip added;
    added.trackId = trackId;
    added.span = {second(start), second(start) + Ticks{1}};
    added.condition = TargetCondition{.joint = joint};
    return take(addClip(timeline_, ids_, added)).changes.front().id;
  }
};

TEST_F(KeysTest, AHoldStopsAtTheNextKeyThatItCouldNotMeetToo) {
  const ObjectId poses = track(TrackKind::Pose);
  const ObjectId key = pose(poses, 1);
  const ObjectId hand = target(poses, 2, kLeftHand);
  pose(poses, 4);
  target(poses, 3, kRightHand);
  target(poses, 5, kLeftHand);
  take(holdKey(timeline_, key, second(3)));
  EXPECT_EQ(at(key).span, (TimeRange{second(1), second(3)}));
  take(holdKey(timeline_, key, second(9)));
  EXPECT_EQ(at(key).span.end, second(4));  // the next pose, past targets
  take(holdKey(timeline_, hand, second(9)));
  EXPECT_EQ(at(hand).span.end, second(5));  // the next of the same hand
}

TEST_F(KeysTest, AnEndWithinAFrameMakesItSingleAgain) {
  const ObjectId key = pose(track(TrackKind::Pose), 1);
  take(holdKey(timeline_, key, second(2)));
  for (const Ticks end : {second(1) + ticksOfFrame(1, timeline_.settings().rate), second(1), second(0)}) {
    take(holdKey(timeline_, key, end));
    EXPECT_EQ(at(key).span.length(), Ticks{1});
  }
}

TEST_F(KeysTest, OnlyOpenKeysAreHeld) {
  const ObjectId text = clip(track(TrackKind::Text), 0, 2);
  expectRefused(holdKey(timeline_, text, second(1)), "Only poses and targets");
  const ObjectId poses = track(TrackKind::Pose);
  const ObjectId key = pose(poses, 1);
  Track locked = *timeline_.findTrack(poses);
  locked.locked = true;
  take(changeTrack(timeline_, locked));
  expectRefused(holdKey(timeline_, key, second(2)), "locked");
}

TEST_F(KeysTest, AFootIsPlantedOnTheFirstOpenContactTrackElseOnANewOne) {
  take(plantFoot(timeline_, ids_, {second(1), second(2)}, 2, "Feet"));
  ASSERT_EQ(timeline_.tracks().size(), 1u);
  const ObjectId first = timeline_.tracks()[0]->id;
  EXPECT_EQ(timeline_.tracks()[0]->name, "Feet");
  take(plantFoot(timeline_, ids_, {second(3), second(4)}, 0, "Other"));
  ASSERT_EQ(timeline_.clipsOf(first).size(), 2u);
  EXPECT_EQ(std::get<ContactCondition>(timeline_.clipsOf(first)[0]->condition).contact, 2);
  Track locked = *timeline_.findTrack(first);
  locked.locked = true;
  take(changeTrack(timeline_, locked));
  take(plantFoot(timeline_, ids_, {second(5), second(6)}, 0, "Other"));
  EXPECT_EQ(timeline_.tracks().size(), 2u);
  EXPECT_EQ(timeline_.clipsOf(first).size(), 2u);
  EXPECT_FALSE(plantFoot(timeline_, ids_, {second(6), second(6)}, 0, "Other"));  // no time at all
}

}  // namespace
}  // namespace kinescore
