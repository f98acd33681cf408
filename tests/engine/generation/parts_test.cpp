#include "engine/generation/parts.h"

#include <gtest/gtest.h>

#include "engine/generation/report.h"
#include "tests/support/fake_generator.h"
#include "tests/support/takes.h"

namespace kinescore {
namespace {

class PartsTest : public testing::Test {
 protected:
  /// Ten seconds of which two parts are made anew, a stretch between them is kept.
  GenerationRequest twoParts() {
    GenerationRequest request = walkRequest();
    request.seed = 5;
    request.range = FrameRange{60, 240};
    request.kept = {{100, 180}};
    request.base = base_;
    return request;
  }
  FakeGenerator generator_;
  std::shared_ptr<const Motion> base_ = std::make_shared<const Motion>(swayingMotion(300, 3));
};

TEST_F(PartsTest, EveryFrameThatIsKeptIsTheBasesBitForBit) {
  const GenerationRequest request = twoParts();
  const Result<GeneratedMotion> made = generateInParts(generator_, request, {}, {});
  ASSERT_TRUE(made) << made.error().message;
  for (const FrameRange kept : {FrameRange{0, 60}, FrameRange{100, 180}, FrameRange{240, 300}}) {
    EXPECT_EQ(identityHash(*made->motion, kept), identityHash(*base_, kept));
  }
  for (const FrameRange part : request.madeParts()) {
    EXPECT_NE(identityHash(*made->motion, part), identityHash(*base_, part));
  }
  EXPECT_EQ(generator_.calls, 2);
  EXPECT_EQ(made->networkEvaluations, 2 * generator_.steps);
}

TEST_F(PartsTest, ProgressGoesUpOnceOverAllParts) {
  std::vector<double> fractions;
  int done = 0;
  const auto watch = [&](const GenerationProgress& p) {
    fractions.push_back(p.fraction);
    done += p.phase == GenerationProgress::Phase::Done;
  };
  ASSERT_TRUE(generateInParts(generator_, twoParts(), watch, {}));
  EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
  EXPECT_DOUBLE_EQ(fractions.back(), 1);
  EXPECT_EQ(done, 1);
}

TEST_F(PartsTest, ItsTakeSaysWhereEveryPartCameFrom) {
  const auto base = makeTake(walkRequest(), GeneratedMotion{base_, {}, "m", "cpu-fp32", "a test", 4, 1}, nullptr, 1);
  GenerationRequest request = twoParts();
  const auto take = makeTake(request, *generateInParts(generator_, request, {}, {}), base.get(), 2);
  EXPECT_EQ(take->origins, (std::vector<FrameOrigin>{{{0, 60}, base->id}, {{60, 100}, take->id}, {{100, 180}, base->id},
                                                     {{180, 240}, take->id}, {{240, 300}, base->id}}));
  const auto again = readRequest(writeRequest(take->request));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kept, request.kept);
}

/// The fake with the report that real ones make.
class Reporting final : public MotionGenerator {
 public:
  Result<GeneratedMotion> generate(const GenerationRequest& request, const ProgressSink& progress, std::stop_token stop) override {
    Result<GeneratedMotion> made = fake_.generate(request, progress, stop);
    if (made) {
      made->report = reportOf(request, *request.base, *made->motion, {});
      made->report.lines.push_back({false, "Said by every part", "", std::nullopt});
    }
    return made;
  }
  std::string describe() const override { return fake_.describe(); }

 private:
  FakeGenerator fake_;
};

TEST_F(PartsTest, TheReportMeasuresTheWholeOnce) {
  GenerationRequest request = twoParts();
  Pose pose = restPose(*kinescore22());
  pose.rootPosition.z = 4;
  request.poses.push_back({ticksOfFrame(30, kEngineRate), base_->pose(30)});    // kept, outside of what is made
  request.poses.push_back({ticksOfFrame(140, kEngineRate), base_->pose(150)});  // missed, between the parts
  request.poses.push_back({ticksOfFrame(210, kEngineRate), pose});              // in the second part, which the first knows nothing of
  Reporting generator;
  const auto made = generateInParts(generator, request, {}, {});
  ASSERT_TRUE(made) << made.error().message;
  const auto count = [&](const auto& matches) {
    return std::count_if(made->report.lines.begin(), made->report.lines.end(), matches);
  };
  const auto isAt = [](std::int64_t frame, bool isNote) {
    return [=](const ReportLine& l) { return l.engineFrame == frame && l.isNote == isNote && l.sentence.find("ose") != std::string::npos; };
  };
  EXPECT_EQ(count(isAt(30, false)), 1);
  EXPECT_EQ(count(isAt(140, true)), 1);
  EXPECT_EQ(count(isAt(210, false)), 1);
  EXPECT_EQ(count(isAt(210, true)), 0);
  EXPECT_EQ(count([](const ReportLine& l) { return l.sentence.find("oin") != std::string::npos && l.sentence.find("ose") == std::string::npos; }), 1);
  EXPECT_EQ(count([](const ReportLine& l) { return l.sentence == "Said by every part"; }), 1);
}

TEST_F(PartsTest, AStopEndsItBetweenParts) {
  std::stop_source stop;
  int steps = 0;
  const auto watch = [&](const GenerationProgress&) {
    if (++steps > generator_.steps + 1) stop.request_stop();
  };
  const auto made = generateInParts(generator_, twoParts(), watch, stop.get_token());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::Cancelled);
}

TEST_F(PartsTest, FramesToKeepMustLieInOrderWithinTheRange) {
  for (const std::vector<FrameRange>& kept : {std::vector<FrameRange>{{50, 70}}, {{120, 110}}, {{150, 180}, {100, 120}}, {{60, 240}}}) {
    GenerationRequest request = twoParts();
    request.kept = kept;
    EXPECT_FALSE(generateInParts(generator_, request, {}, {}));
  }
}

}  // namespace
}  // namespace kinescore
