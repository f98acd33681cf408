// Poses and loops that are taken from the shown take.
#include <glm/geometric.hpp>

#include "engine/motion/kinematics.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/document/take_poses.h"
#include "ui/panels/status_bar.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

class TakePosesTest : public Expectations {
 protected:
  void SetUp() override {
    Expectations::SetUp();
    prompt(0, 240, "walk");
    generate();
  }
  std::vector<std::int64_t> poseFrames() {
    std::vector<std::int64_t> frames;
    for (const auto& clip : clipsOf(TrackKind::Pose)) {
      frames.push_back(nearestFrame(clip->span.start, session().rate()));
    }
    return frames;
  }
  const Pose& posePinnedAt(std::int64_t frame) {
    for (const auto& clip : clipsOf(TrackKind::Pose)) {
      if (nearestFrame(clip->span.start, session().rate()) == frame) {
        return std::get<PoseCondition>(clip->condition).pose;
      }
    }
    ADD_FAILURE() << "no pose at " << frame;
    static const Pose none;
    return none;
  }
};

TEST_F(TakePosesTest, ItsKeyMomentsArePinnedWithinTheTimeSelectionInOneStep) {
  selectTime(session(), {at(30), at(120)});
  const int before = steps();
  window_->action("Make Poses From Take")->trigger();
  const auto frames = poseFrames();
  ASSERT_GE(frames.size(), 3u);
  EXPECT_EQ(frames.front(), 30);
  EXPECT_EQ(frames.back(), 119);
  for (std::size_t i = 1; i < frames.size(); ++i) {
    EXPECT_GE(frames[i] - frames[i - 1], 12);
    EXPECT_LE(frames[i] - frames[i - 1], 45);
  }
  for (const std::int64_t frame : frames) {
    EXPECT_EQ(posePinnedAt(frame), session().poseAt(at(frame)));
  }
  EXPECT_EQ(steps(), before + 1);
  // What is pinned stays, and nothing is pinned twice.
  window_->action("Make Poses From Take")->trigger();
  EXPECT_EQ(poseFrames(), frames);
  EXPECT_EQ(steps(), before + 1);
  undo();
  EXPECT_TRUE(poseFrames().empty());
}

TEST_F(TakePosesTest, ALoopEndsAsItBeginsWhereTheTakeHasGotTo) {
  selectTime(session(), {at(60), at(100)});
  const int before = steps();
  const Pose first = session().poseAt(at(60)), then = session().poseAt(at(100));
  window_->action("Make Loop")->trigger();
  EXPECT_EQ(poseFrames(), (std::vector<std::int64_t>{60, 61, 100, 101}));
  EXPECT_EQ(posePinnedAt(60), first);
  // The same pose in the figure's own frame.
  const Pose& end = posePinnedAt(100);
  const auto headingIn = [](const Pose& pose) { return headingOf(forwardKinematics(*kinescore22(), pose)); };
  EXPECT_EQ(std::vector(end.localRotations.begin() + 1, end.localRotations.end()),
            std::vector(first.localRotations.begin() + 1, first.localRotations.end()));
  EXPECT_EQ(end.rootPosition.y, first.rootPosition.y);
  const bool hasGone = glm::distance(glm::vec2(then.rootPosition.x, then.rootPosition.z),
                                     glm::vec2(first.rootPosition.x, first.rootPosition.z)) >= 0.3f;
  EXPECT_TRUE(hasGone) << "the fake walks";
  EXPECT_EQ(end.rootPosition.x, hasGone ? then.rootPosition.x : first.rootPosition.x);
  EXPECT_NEAR(headingIn(end), headingIn(hasGone ? then : first), 1e-4);
  const auto strengthAt = [&](std::int64_t frame) {
    for (const auto& clip : clipsOf(TrackKind::Pose)) {
      if (nearestFrame(clip->span.start, session().rate()) == frame) {
        return clip->strength.at(Ticks{0});
      }
    }
    return -1.0f;
  };
  EXPECT_EQ(strengthAt(60), 1.0f);
  EXPECT_EQ(strengthAt(100), 1.0f);
  EXPECT_EQ(strengthAt(61), 0.5f);
  EXPECT_EQ(strengthAt(101), 0.5f);
  // So is the next frame, and the way to it: nobody sees a seam.
  const Pose next = posePinnedAt(61), endNext = posePinnedAt(101);
  EXPECT_EQ(next, session().poseAt(at(61)));
  EXPECT_EQ(std::vector(endNext.localRotations.begin() + 1, endNext.localRotations.end()),
            std::vector(next.localRotations.begin() + 1, next.localRotations.end()));
  EXPECT_NEAR(glm::distance(endNext.rootPosition, end.rootPosition), glm::distance(next.rootPosition, first.rootPosition), 1e-5);
  EXPECT_NEAR(headingIn(endNext) - headingIn(end), headingIn(next) - headingIn(first), 1e-4);
  EXPECT_EQ(session().timeline().settings().playRange, (TimeRange{at(60), at(100)}));
  EXPECT_EQ(playback().repeat(), Playback::Repeat::Loop);
  EXPECT_EQ(steps(), before + 1);
  undo();
  EXPECT_TRUE(poseFrames().empty());
  EXPECT_EQ(session().timeline().settings().playRange, (TimeRange{{0}, session().timeline().settings().duration}));
}

TEST_F(TakePosesTest, AWholeProjectIsLoopedAsFarAsThereAreFrames) {
  window_->action("Make Loop")->trigger();
  const std::int64_t last = nearestFrame(session().timeline().settings().duration, session().rate()) - 1;
  EXPECT_EQ(poseFrames(), (std::vector<std::int64_t>{0, 1, last - 1, last}));
  EXPECT_EQ(session().timeline().settings().playRange.end, at(last - 1));
}

TEST_F(TakePosesTest, TooShortALoopAndNoTakeAreSaid) {
  selectTime(session(), {at(60), at(64)});
  EXPECT_FALSE(makeLoop(session()));
  EXPECT_TRUE(window_->errors().sentence().contains(QStringLiteral("too little")));
  window_->action("New")->trigger();
  EXPECT_FALSE(window_->action("Make Loop")->isEnabled());
  EXPECT_FALSE(makeLoop(session()));
  EXPECT_EQ(makePosesFromTake(session()), 0);
  EXPECT_TRUE(window_->errors().sentence().contains(QStringLiteral("no take yet")));
}

}  // namespace
}  // namespace kinescore
