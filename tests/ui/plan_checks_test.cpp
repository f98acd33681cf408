// What goes wrong with a performance is told in one sentence, and its button does what it says in one step.
#include <QLabel>

#include "engine/generation/report.h"
#include "engine/motion/kinematics.h"
#include "engine/request/path_pace.h"
#include "tests/support/takes.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/panels/status_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

class PlanChecksTest : public Expectations {
 protected:
  ObjectId trackOf(TrackKind kind) { return *session().trackOf(kind, QStringLiteral("Add track")); }
  ObjectId path(std::int64_t from, std::int64_t to, std::vector<std::pair<std::int64_t, float>> places) {
    PathCondition path;
    for (const auto& [frame, z] : places) {
      path.points.push_back({at(frame), {0, z}, std::nullopt});
    }
    return addTo(trackOf(TrackKind::Path), {at(from), at(to)}, path);
  }
  ObjectId standing(std::int64_t frame, float x) {
    Pose pose = restPose(*kinescore22());
    pose.rootPosition.x = x;
    return addTo(trackOf(TrackKind::Pose), {at(frame), at(frame + 1)}, PoseCondition{pose});
  }
  const std::vector<PathPoint>& pointsOf(ObjectId id) { return std::get<PathCondition>(clip(id)->condition).points; }

  QString told() { return window_->errors().sentence(); }
  QPushButton* button() {
    for (auto* one : window_->errors().findChildren<QPushButton*>()) {
      if (one->isVisible()) {
        return one;
      }
    }
    return nullptr;
  }
  void pressButton(const QString& words) {
    ASSERT_NE(button(), nullptr);
    ASSERT_EQ(button()->text(), words);
    QTest::mouseClick(button(), Qt::LeftButton);
    QCoreApplication::processEvents();
  }
  /// The button of the report's line with these words.
  QPushButton* reachButton(const QString& words) {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
    for (auto* one : window_->findChildren<QPushButton*>(QStringLiteral("moveTargetToReach"))) {
      for (const QLabel* label : one->parentWidget()->findChildren<QLabel*>()) {
        if (label->text().remove(QChar(0x200b)) == words) {
          return one;
        }
      }
    }
    return nullptr;
  }
};

TEST_F(PlanChecksTest, APathThatIsTooFastGetsMoreTime) {
  prompt(0, 300, "run");
  const ObjectId fast = path(30, 200, {{0, 0}, {66, 2}, {98, 2 + 9.4f * 32 / 30}, {170, 14}});
  const ObjectId next = path(200, 260, {{0, 0}, {60, 1}});
  EXPECT_EQ(told(), QString()) << "not before it is performed";
  generate();
  ASSERT_EQ(told(), QStringLiteral("The path needs 9.4 m/s between frames 96 and 128, faster than a person runs."));
  EXPECT_NE(session().takes().shown(), nullptr) << "the engine does its best";
  const std::vector<PathPoint> before = pointsOf(fast);
  const int steps = Expectations::steps();
  pressButton(QStringLiteral("Give it more time"));
  EXPECT_EQ(Expectations::steps(), steps + 1);
  EXPECT_EQ(told(), QString());
  const std::int64_t more = framesOf(fast).end - 200;
  EXPECT_GT(more, 3);
  EXPECT_LT(more, 12);
  EXPECT_TRUE(stretchesFasterThan(kRunningMetersPerSecond, pointsOf(fast)).empty());
  EXPECT_EQ(pointsOf(fast)[1].time, before[1].time);
  EXPECT_EQ(pointsOf(fast)[3].time, before[3].time + at(more));
  EXPECT_EQ(framesOf(next), (FrameRange{200 + more, 260 + more})) << "what follows on the track comes later";
  EXPECT_EQ(session().timeline().settings().duration, at(300)) << "there is room";
  EXPECT_EQ(window_->status().words(), QStringLiteral("The path takes %1 frames more").arg(more));
  undo();
  EXPECT_EQ(pointsOf(fast), before);
  EXPECT_EQ(framesOf(next), (FrameRange{200, 260}));
  EXPECT_EQ(told(), QString()) << "told when it is performed, not when it is edited";
}

TEST_F(PlanChecksTest, WithoutRoomTheProjectGetsLonger) {
  const ObjectId fast = path(0, 300, {{0, 0}, {300, 160}});  // 16 m/s
  generate();
  pressButton(QStringLiteral("Give it more time"));
  const TimelineSettings& settings = session().timeline().settings();
  EXPECT_EQ(settings.duration, at(600));
  EXPECT_EQ(settings.playRange, (TimeRange{{0}, at(600)}));
  EXPECT_EQ(framesOf(fast), (FrameRange{0, 600}));
  EXPECT_EQ(window_->status().words(), QStringLiteral("The path takes 300 frames more, and the project is 600 frames long now"));
  undo();
  EXPECT_EQ(session().timeline().settings().duration, at(300));
}

TEST_F(PlanChecksTest, ALockedPathSaysSoAndStays) {
  const ObjectId fast = path(0, 300, {{0, 0}, {300, 160}});
  session().selection().selectClip(fast);
  setSelectedClipsLocked(session(), true);
  const std::string before = session().timeline().contentHash();
  generate();
  pressButton(QStringLiteral("Give it more time"));
  EXPECT_TRUE(told().contains(QStringLiteral("locked"))) << told().toStdString();
  EXPECT_EQ(session().timeline().contentHash(), before);
}

TEST_F(PlanChecksTest, TheSentenceGoesWhenAnEditSolvesIt) {
  const ObjectId fast = path(0, 300, {{0, 0}, {300, 160}});
  prompt(0, 100, "run");
  generate();
  ASSERT_TRUE(told().startsWith(QStringLiteral("The path needs 16.0 m/s")));
  Clip changed = *clip(fast);
  std::get<PathCondition>(changed.condition).points[1].position.y = 90;
  session().document().edit(QStringLiteral("Nearer"), changeClip(session().timeline(), changed));
  EXPECT_TRUE(told().startsWith(QStringLiteral("The path needs 9.0 m/s"))) << told().toStdString();
  std::get<PathCondition>(changed.condition).points[1].position.y = 40;
  session().document().edit(QStringLiteral("Nearer"), changeClip(session().timeline(), changed));
  EXPECT_EQ(told(), QString());
  undo();
  EXPECT_EQ(told(), QString());
}

TEST_F(PlanChecksTest, APoseAndAPlantedFootAreShownTogether) {
  prompt(0, 300, "stand");
  const ObjectId pose = standing(152, 0.3f);
  const glm::vec3 ankle = forwardKinematics(*kinescore22(), restPose(*kinescore22())).positions[kLeftFoot];
  const ObjectId foot = addTo(trackOf(TrackKind::Contact), {at(150), at(161)}, ContactCondition{0, true, ankle});
  generate();
  ASSERT_EQ(told(), QStringLiteral("Pose at 152 and contact at 150 to 160 ask for two different places of the left foot."));
  for (int i = 0; i < 40; ++i) {
    view().zoomBy(1.5);  // neither is in sight any more
  }
  session().selection().selectNothing();
  const int steps = Expectations::steps();
  pressButton(QStringLiteral("Show both"));
  EXPECT_EQ(session().selection().clips(), (std::set{pose, foot}));
  EXPECT_EQ(playback().frame(), 152);
  for (const ObjectId id : {pose, foot}) {
    EXPECT_TRUE(view().rect().intersects(view().rectOf(id))) << id.value;
  }
  EXPECT_EQ(Expectations::steps(), steps) << "looking changes nothing";
}

TEST_F(PlanChecksTest, TwoPosesOverOneStandingFoot) {
  prompt(0, 300, "stand");
  const ObjectId first = standing(152, 0), second = standing(158, 0.1f);
  const ObjectId foot = addTo(trackOf(TrackKind::Contact), {at(150), at(161)}, ContactCondition{0, true, std::nullopt});
  generate();
  ASSERT_EQ(told(), QStringLiteral("Poses at 152 and 158 ask for two different places of the left foot, which stands from 150 to 160."));
  pressButton(QStringLiteral("Show both"));
  EXPECT_EQ(session().selection().clips(), (std::set{first, second, foot}));
  EXPECT_EQ(playback().frame(), 158);
}

TEST_F(PlanChecksTest, ATargetOutOfReachIsMovedToWhereTheHandGot) {
  prompt(0, 300, "reach");
  auto motion = std::make_shared<Motion>();
  for (int f = 0; f < 300; ++f) {
    motion->appendPose(restPose(*motion->skeleton));
  }
  const WorldPose world = forwardKinematics(*kinescore22(), motion->pose(214));
  const glm::vec3 right = world.positions[kRightHand], left = world.positions[kLeftHand];
  const auto target = [&](int joint, const glm::vec3& place) {
    return addTo(trackOf(TrackKind::Pose), {at(214), at(215)}, TargetCondition{joint, place});
  };
  const ObjectId rightTarget = target(kRightHand, right - glm::vec3(0.12f, 0, 0)), leftTarget = target(kLeftHand, left + glm::vec3(0.05f, 0, 0));
  const auto placeOf = [&](ObjectId id) { return std::get<TargetCondition>(clip(id)->condition).position; };
  const GenerationRequest request = *buildRequest(session().timeline(), {});
  GeneratedMotion result = generatedMotion(300, 3);
  result.motion = motion;
  result.report = reportOf(request, *motion, *motion, {});
  session().takes().add(makeTake(request, std::move(result), nullptr, 1), true);
  window_->action("Quality Report")->trigger();
  const QString tooFar = QStringLiteral("The right hand cannot reach its target at frame 214: it is 12.0 cm too far");
  const QString other = QStringLiteral("The left hand cannot reach its target at frame 214: it is 5.0 cm too far");
  ASSERT_NE(reachButton(tooFar), nullptr);
  ASSERT_NE(reachButton(other), nullptr);
  const int steps = Expectations::steps();
  QTest::mouseClick(reachButton(other), Qt::LeftButton);
  EXPECT_EQ(Expectations::steps(), steps + 1);
  EXPECT_LT(glm::length(placeOf(leftTarget) - left), 1e-5f);
  EXPECT_GT(glm::length(placeOf(rightTarget) - right), 0.1f);
  EXPECT_EQ(reachButton(other), nullptr) << "the target is another one now";
  QTest::mouseClick(reachButton(tooFar), Qt::LeftButton);
  EXPECT_LT(glm::length(placeOf(rightTarget) - right), 1e-5f);
  undo();
  EXPECT_NE(reachButton(tooFar), nullptr);
}

/// Has no card.
class NoCard final : public MotionGenerator {
 public:
  explicit NoCard(std::vector<DeviceChoice>& asked) : asked_(asked) {}
  Result<GeneratedMotion> generate(const GenerationRequest& request, const ProgressSink& progress, std::stop_token stop) override {
    asked_.push_back(request.device);
    if (request.device != DeviceChoice::Cpu) {
      return Error{ErrorCode::EngineFailed, "The graphics card ran out of memory"};
    }
    return cpu_.generate(request, progress, std::move(stop));
  }
  std::string describe() const override { return "CUDA · fake"; }

 private:
  std::vector<DeviceChoice>& asked_;
  FakeGenerator cpu_;
};

TEST_F(PlanChecksTest, AFullCardOffersTheCpu) {
  prompt(0, 90, "walk");
  std::vector<DeviceChoice> asked;
  service_->useGenerator([&asked]() -> Result<std::unique_ptr<MotionGenerator>> { return std::unique_ptr<MotionGenerator>(new NoCard(asked)); });
  window_->action("Generate")->trigger();
  ASSERT_TRUE(waitUntil([&] { return !session().jobs().isBusy(); }));
  ASSERT_EQ(told(), QStringLiteral("Take 1 stopped: the graphics card ran out of memory. The timeline is unchanged."));
  pressButton(QStringLiteral("Try again on the CPU"));
  ASSERT_TRUE(waitUntil([&] { return session().takes().shown() != nullptr; }));
  EXPECT_EQ(asked, (std::vector{DeviceChoice::Auto, DeviceChoice::Cpu}));
  EXPECT_EQ(session().takes().shown()->number, 1);
  EXPECT_EQ(session().changesSinceShown(), 0);
  EXPECT_EQ(told(), QString());
  ASSERT_EQ(session().jobs().ended().size(), 1u) << "the one that stopped was taken up again";
  EXPECT_EQ(session().jobs().ended()[0].how, EndedJob::How::Done);
}

}  // namespace
}  // namespace kinescore
