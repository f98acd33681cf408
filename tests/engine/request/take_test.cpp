#include "engine/request/take.h"

#include <gtest/gtest.h>

#include <limits>

#include "engine/request/take_json.h"
#include "tests/support/takes.h"

namespace kinescore {
namespace {

TEST(TakeTest, TheSameResultHasTheSameIdWhateverItIsCalled) {
  const auto first = takeOf(1, 1);
  GenerationRequest request = first->request;
  request.threads = 2;
  GeneratedMotion result = first->result;
  result.seconds = 99;

  const auto again = makeTake(request, result, nullptr, 8);

  EXPECT_EQ(again->id, first->id);
  EXPECT_EQ(again->motionHash(), first->motionHash());
  EXPECT_EQ(again->number, 8);
  EXPECT_EQ(again->name, "Take 8");
}

TEST(TakeTest, AnyDifferenceInTheResultGivesAnotherId) {
  const auto first = takeOf(1);
  const auto differs = [&](auto change) {
    GenerationRequest request = first->request;
    GeneratedMotion result = first->result;
    change(request, result);
    return makeTake(request, result, nullptr, 1)->id != first->id;
  };
  EXPECT_FALSE(differs([](auto&, auto&) {}));
  EXPECT_TRUE(differs([](auto& r, auto&) { r.seed = 2; }));
  EXPECT_TRUE(differs([](auto& r, auto&) { r.texts[0].prompt += "."; }));
  EXPECT_TRUE(differs([](auto&, auto& g) { g.modelHash = "other"; }));
  EXPECT_TRUE(differs([](auto&, auto& g) { g.report.keyErrorMeanMeters += 1e-9; }));
  EXPECT_TRUE(differs([](auto&, auto& g) {
    Motion motion = *g.motion;
    motion.rootPositions[299].x = std::nextafter(motion.rootPositions[299].x, 9.0f);
    g.motion = std::make_shared<const Motion>(motion);
  }));
}

TEST(TakeTest, OriginsSayWhereEveryFrameCameFrom) {
  const auto whole = takeOf(1);
  ASSERT_EQ(whole->origins, (std::vector<FrameOrigin>{{{0, 300}, whole->id}}));

  GenerationRequest request = walkRequest();
  request.range = FrameRange{100, 200};
  request.base = whole->result.motion;
  request.baseTakeId = whole->id;
  const auto part = makeTake(request, generatedMotion(300, 2), whole.get(), 2);
  EXPECT_EQ(part->baseTakeId, whole->id);
  EXPECT_EQ(part->request.base, nullptr);
  EXPECT_EQ(part->origins, (std::vector<FrameOrigin>{{{0, 100}, whole->id}, {{100, 200}, part->id}, {{200, 300}, whole->id}}));

  request.range = FrameRange{0, 150};
  const auto again = makeTake(request, generatedMotion(300, 3), part.get(), 3);
  EXPECT_EQ(again->origins, (std::vector<FrameOrigin>{{{0, 150}, again->id}, {{150, 200}, part->id}, {{200, 300}, whole->id}}));
}

TEST(TakeReportTest, SurvivesAsJson) {
  TakeReport report = generatedMotion(30).report;
  report.footSkateBefore = 0.1 + 0.2;
  report.lines.push_back({false, "Path kept", "", std::nullopt});
  const Result<TakeReport> read = readReport(writeReport(report));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, report);

  report.footSkateAfter = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(readReport(writeReport(report))) << "a figure that is no number is left out";
}

}  // namespace
}  // namespace kinescore
