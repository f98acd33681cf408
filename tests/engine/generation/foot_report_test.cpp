#include "engine/generation/foot_report.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/request/report_text.h"
#include "tests/support/takes.h"

namespace kinescore {
namespace {

constexpr std::int64_t kFrames = 300;

/// Stands on the parts given, and glides where it is told to.
class Standing {
 public:
  explicit Standing(std::vector<int> parts = {0}) {
    motion_.resize(kFrames);
    motion_.contacts.assign(std::size_t(kFrames) * 4, 0);
    for (std::int64_t f = 0; f < kFrames; ++f) {
      motion_.setPose(f, restPose(*motion_.skeleton));
      for (const int part : parts) motion_.contacts[std::size_t(f * 4 + part)] = 1;
    }
  }
  Standing& glide(FrameRange frames, float meters) {
    for (std::int64_t f = frames.start; f < kFrames; ++f) {
      const float share = std::min(1.f, float(f + 1 - frames.start) / float(frames.length()));
      motion_.rootPositions[std::size_t(f)].z += meters * share;
    }
    return *this;
  }
  operator const Motion&() const { return motion_; }

 private:
  Motion motion_;
};

std::vector<ReportLine> linesOf(const Motion& motion, const std::vector<ContactRequest>& contacts = {}) {
  GenerationRequest request = walkRequest();
  request.contacts = contacts;
  return footLines(request, motion);
}

TEST(FootReportTest, OnlyTheFramesThatSlideAreNamed) {
  const Standing standing = Standing().glide({176, 184}, 0.018f);
  const auto slides = footSlides(standing);
  ASSERT_EQ(slides.size(), 1u);
  EXPECT_EQ(slides[0].contact, 0);
  EXPECT_NEAR(double(slides[0].frames.start), 176, 2);
  EXPECT_NEAR(double(slides[0].frames.end), 184, 2);
  EXPECT_NEAR(slides[0].meters, 0.018, 1e-3);
  const auto lines = linesOf(standing);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_TRUE(lines[0].isNote);
  EXPECT_EQ(lines[0].sentence, "Left heel slides 1.8 cm, " + placeMark(slides[0].frames));
  EXPECT_EQ(lines[0].engineFrame, slides[0].frames.start);
}

TEST(FootReportTest, ASlowDriftAndAShortTwitchAreNoSlides) {
  EXPECT_TRUE(footSlides(Standing().glide({0, kFrames}, 0.1f)).empty());
  EXPECT_TRUE(footSlides(Standing().glide({100, 104}, 0.01f)).empty());
  EXPECT_EQ(linesOf(Standing({1}).glide({100, 104}, 0.03f))[0].sentence.rfind("Left toes slide 3.0 cm", 0), 0u);
  EXPECT_TRUE(footSlides(Standing(std::vector<int>()).glide({100, 104}, 0.5f)).empty()) << "nothing stands";
}

TEST(FootReportTest, HeelAndToesOfAFootAreToldAsOne) {
  const Standing standing = Standing({2, 3}).glide({50, 60}, 0.05f);
  EXPECT_EQ(footSlides(standing).size(), 2u);
  const auto lines = linesOf(standing);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].sentence.rfind("Right ", 0), 0u);
}

TEST(FootReportTest, OfManySlidesTheWorstThreeAreTold) {
  Standing standing;
  for (int i = 0; i < 5; ++i) standing.glide({20 + 50 * i, 28 + 50 * i}, 0.02f + 0.01f * float(i));
  const auto lines = linesOf(standing);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_NE(lines[0].sentence.find("6.0 cm"), std::string::npos) << lines[0].sentence;
  EXPECT_NE(lines[2].sentence.find("4.0 cm"), std::string::npos) << lines[2].sentence;
  EXPECT_NE(lines[2].detail.find("2 smaller slides"), std::string::npos) << lines[2].detail;
}

TEST(FootReportTest, ContactsThatWereAskedForAreToldAsKeptOrNot) {
  const Standing standing = Standing().glide({150, 160}, 0.3f);
  const ContactRequest still{{Ticks{0}, ticksFromSeconds(4)}, 0, {}};
  const ContactRequest dragged{{ticksFromSeconds(4), ticksFromSeconds(6)}, 0, {}};
  const ContactRequest elsewhere{{Ticks{0}, ticksFromSeconds(1)}, 2, glm::vec3(1, 0, 0)};
  const auto misses = contactMisses({still, dragged, elsewhere}, standing);
  EXPECT_TRUE(misses[0].isMet());
  EXPECT_FALSE(misses[1].isMet());
  EXPECT_GT(misses[2].placeMeters, 0.5);

  const auto kept = linesOf(standing, {still});
  EXPECT_TRUE(std::any_of(kept.begin(), kept.end(), [](const ReportLine& l) { return !l.isNote && l.sentence.find("is kept") != std::string::npos; }));
  const auto lines = linesOf(standing, {still, dragged, elsewhere});
  const auto has = [&](bool isNote, const char* words, const char* detail) {
    return std::any_of(lines.begin(), lines.end(), [&](const ReportLine& l) {
      return l.isNote == isNote && l.sentence.find(words) != std::string::npos && l.detail.find(detail) != std::string::npos;
    });
  };
  EXPECT_TRUE(has(false, "1 of 3 contacts", ""));
  EXPECT_TRUE(has(true, "Left heel does not stand as asked", "strays"));
  EXPECT_TRUE(has(true, "Right heel does not stand as asked", "off its place"));
}

}  // namespace
}  // namespace kinescore
