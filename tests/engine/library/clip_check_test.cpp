#include "engine/library/clip_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/random.h"
#include "engine/library/library_check.h"
#include "engine/library/splits.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

// Stands on the floor and swings both arms: nothing is wrong with it.
LibraryClip goodClip(std::int64_t frames = 90) {
  LibraryClip clip;
  clip.id = "good";
  clip.source = "S";
  clip.subject = "1";
  for (std::int64_t f = 0; f < frames; ++f) {
    Pose pose = restPose(*kinescore22());
    const float t = float(f) / 30;
    pose.localRotations[kLeftArm] = glm::angleAxis(0.6f * std::sin(3 * t), glm::vec3(0, 0, 1));
    pose.localRotations[kRightArm] = glm::angleAxis(0.6f * std::sin(2.5f * t), glm::vec3(0, 1, 0));
    clip.motion.appendPose(pose);
  }
  clip.motion.contacts.assign(std::size_t(frames) * 4, 1);
  return clip;
}

std::vector<Defect> defectsOf(const LibraryClip& clip, const CheckLimits& limits = {}) {
  std::vector<Defect> defects;
  for (const ClipReason& reason : checkClip(clip, limits).reasons) {
    EXPECT_FALSE(reason.text.empty());
    defects.push_back(reason.defect);
  }
  return defects;
}

using Only = std::vector<Defect>;

TEST(ClipCheck, FindsNothingWrongWithAGoodClip) {
  const ClipCheck check = checkClip(goodClip());
  EXPECT_TRUE(check.isGood()) << (check.isGood() ? "" : check.reasons[0].text);
  EXPECT_NEAR(check.figures.seconds, 3, 1e-9);
  EXPECT_NEAR(check.figures.depth, 0, 1e-3);
  EXPECT_NEAR(check.figures.footSkate, 0, 1e-3);
}

TEST(ClipCheck, NamesEachDefectWithItsFigure) {
  LibraryClip clip = goodClip();
  clip.motion.rootPositions[7].x = NAN;
  EXPECT_EQ(defectsOf(clip), Only{Defect::NotFinite});
  clip = goodClip();
  clip.motion.rotation(3, 4) = glm::quat(0, 0, 0, 0);
  EXPECT_EQ(defectsOf(clip), Only{Defect::NotFinite});

  EXPECT_EQ(defectsOf(goodClip(10)), Only{Defect::TooShort});

  clip = goodClip();
  for (std::int64_t f = 0; f < 90; ++f) clip.motion.setPose(f, clip.motion.pose(20));
  EXPECT_EQ(defectsOf(clip), Only{Defect::Static});

  clip = goodClip();
  for (std::int64_t f = 0; f < 90; ++f) clip.motion.rootPositions[f].z += 0.04f * float(f);
  EXPECT_EQ(defectsOf(clip), Only{Defect::FootSkate});
  EXPECT_NEAR(checkClip(clip).reasons[0].figure, 40, 0.1);
  EXPECT_THAT(checkClip(clip).reasons[0].text, HasSubstr("40.0 mm"));

  clip = goodClip();
  for (glm::vec3& p : clip.motion.rootPositions) p.y -= 0.12f;
  EXPECT_EQ(defectsOf(clip), Only{Defect::Penetration});
  clip.flatFloor = false;  // climbing: heights are not asked
  EXPECT_EQ(defectsOf(clip), Only{});

  clip = goodClip();
  for (glm::vec3& p : clip.motion.rootPositions) p.y += 0.15f;
  EXPECT_EQ(defectsOf(clip), Only{Defect::Floating});

  clip = goodClip();
  for (std::int64_t f = 45; f < 90; ++f) clip.motion.rootPositions[f].x += 0.8f;
  const ClipCheck leap = checkClip(clip);
  ASSERT_FALSE(leap.isGood());
  EXPECT_EQ(leap.reasons.back().defect, Defect::Glitch);
  EXPECT_THAT(leap.reasons.back().text, HasSubstr("at 1.50 s it leaps 0.80 m"));

  clip = goodClip();
  clip.motion.rotation(30, kHead) = glm::angleAxis(1.5f, glm::vec3(1, 0, 0));
  const ClipCheck snap = checkClip(clip);
  ASSERT_FALSE(snap.isGood());
  EXPECT_THAT(snap.reasons.back().text, HasSubstr("Head turns 86 degrees"));
}

TEST(ClipCheck, ShakingIsJitterAndRoughnessIsJerk) {
  LibraryClip clip = goodClip();
  CounterRandom random(1);
  for (glm::vec3& p : clip.motion.rootPositions) {
    p += 0.008f * glm::vec3(random.normal(), 0, random.normal());
  }
  const ClipCheck check = checkClip(clip);
  std::vector<Defect> defects = defectsOf(clip);
  EXPECT_NE(std::find(defects.begin(), defects.end(), Defect::Jitter), defects.end()) << check.figures.jitter;
  EXPECT_NE(std::find(defects.begin(), defects.end(), Defect::Jerk), defects.end()) << check.figures.jerk;
}

TEST(ClipCheck, FiguresDoNotDependOnTheRate) {
  const LibraryClip clip = goodClip(150);
  const ClipFigures at30 = measureClip(clip.motion), at60 = measureClip(resample(clip.motion, {60, 1}));
  EXPECT_NEAR(at30.liveliness, at60.liveliness, 0.02 * at30.liveliness);
  EXPECT_NEAR(at30.turn, at60.turn, 0.15 * at30.turn);
}

TEST(ClipCheck, LimitsAreSetByNameAndToldWithTheirSource) {
  CheckLimits limits;
  ASSERT_TRUE(setLimit(limits, "skate=55").ok());
  EXPECT_DOUBLE_EQ(limits.footSkate, 55);
  for (const char* bad : {"skate", "skate=", "skate=x", "skate=-1", "slide=3", "=3", ""}) {
    const Status status = setLimit(limits, bad);
    ASSERT_FALSE(status.ok()) << bad;
    EXPECT_THAT(status.error().message, HasSubstr("jitter"));
  }
  for (const CheckLimit& limit : checkLimits()) EXPECT_GT(limit.source.size(), 20u) << limit.name;
}

TEST(Splits, KeepSubjectsWholeAndStayTheSame) {
  // Fixed for ever: a library made anew must not move a subject from judging to learning.
  EXPECT_EQ(splitOfSubject("CMU", "35"), splitOfSubject("CMU", "35"));
  std::array<int, 4> counts{};
  for (int s = 0; s < 4000; ++s) ++counts[std::size_t(splitOfSubject("AMASS", std::to_string(s)))];
  EXPECT_NEAR(counts[std::size_t(Split::Train)], 3200, 120);
  EXPECT_NEAR(counts[std::size_t(Split::Unseen)], 400, 80);
  EXPECT_NEAR(counts[std::size_t(Split::Val)], 200, 60);
  std::string first;
  for (int s = 0; s < 12; ++s) first += std::string(nameOf(splitOfSubject("AMASS", std::to_string(s)))).substr(0, 2) + " ";
  EXPECT_EQ(first, "tr tr te tr tr tr tr tr un tr un tr ");
  EXPECT_EQ(splitNamed("unseen"), Split::Unseen);
  EXPECT_EQ(splitNamed("later"), std::nullopt);
}

Library twoGoodOneBad() {
  Library library;
  for (const char* id : {"a", "b", "c"}) {
    library.clips.push_back(goodClip());
    library.clips.back().id = id;
  }
  for (std::int64_t f = 0; f < 90; ++f) {
    library.clips[1].motion.rotation(f, kLeftArm) = glm::angleAxis(0.9f * std::cos(0.2f * float(f)), glm::vec3(0, 1, 0));
    library.clips[2].motion.rootPositions[f].y -= 0.2f;
    library.clips[2].motion.rotation(f, kRightArm) = glm::angleAxis(0.7f * std::cos(0.13f * float(f)), glm::vec3(0, 0, 1));
  }
  return library;
}

TEST(LibraryCheck, TellsAndLeavesOutWhatIsRejected) {
  const Library library = twoGoodOneBad();
  const auto check = checkLibrary(library, {});
  ASSERT_TRUE(check.ok());
  EXPECT_EQ(check->rejectedCount(library), 1);
  EXPECT_THAT(checkText(library, *check), HasSubstr("c: it sinks into the floor by 20.0 cm (at most"));
  EXPECT_THAT(checkText(library, *check), HasSubstr("3 clips, 1 rejected: 1 penetration"));
  EXPECT_THAT(checkJson(library, *check), HasSubstr("\"rejected\": 1"));
  std::vector<DatasetNote> leftOut;
  const Library kept = withoutRejected(library, *check, leftOut);
  EXPECT_EQ(kept.clips.size(), 2u);
  ASSERT_EQ(leftOut.size(), 1u);
  EXPECT_EQ(leftOut[0].clip, "c");
}

TEST(LibraryCheck, OfTwoThatAreTheSameAGoodOneStays) {
  Library library = twoGoodOneBad();
  library.clips[0] = library.clips[1];  // the earlier of the pair would be kept …
  library.clips[0].id = "sunk copy";
  for (glm::vec3& p : library.clips[0].motion.rootPositions) p.y -= 0.2f;  // … but it is bad
  const auto check = checkLibrary(library, {});
  ASSERT_TRUE(check.ok());
  ASSERT_EQ(check->duplicates.size(), 1u);
  EXPECT_TRUE(check->reasonsOf(library, 1).empty());
  EXPECT_FALSE(check->reasonsOf(library, 0).empty());
}

TEST(LibraryCheck, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const auto check = checkLibrary(twoGoodOneBad(), {}, {}, stop.get_token());
  ASSERT_FALSE(check.ok());
  EXPECT_EQ(check.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace kinescore
