// The weights that ship, as an animator meets them: keys in projects of any rate, a part made anew,
// the same bits on one thread and on two, and memory that stays where it is.
#include <malloc.h>

#include <algorithm>

#include <gtest/gtest.h>

#include "engine/generation/planner.h"
#include "engine/library/library.h"
#include "engine/motion/kinematics.h"
#include "engine/network/kinescore_generator.h"
#include "engine/text/text_encoder.h"

#if defined(__SANITIZE_ADDRESS__)
#define KINESCORE_OWN_ALLOCATOR 1
#else
#define KINESCORE_OWN_ALLOCATOR 0
#endif

namespace kinescore {
namespace {

namespace fs = std::filesystem;

const fs::path kResources = fs::path(KINESCORE_SOURCE_DIR) / "resources";

class ShippedModelTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!findTextModelFolder()) GTEST_SKIP() << "MiniLM is not installed";
    auto opened = openKinescoreGenerator({.weights = kResources / "weights/kinescore-base.safetensors"});
    ASSERT_TRUE(opened) << opened.error().message;
    generator_ = std::move(*opened);
  }

  static GenerationRequest requestOf(double seconds, Quality quality) {
    GenerationRequest request;
    request.span.end = ticksFromSeconds(seconds);
    request.texts.push_back({{{0}, ticksFromSeconds(seconds / 2)}, "walk forward", BodyPart::Whole, {}});
    request.texts.push_back({{ticksFromSeconds(seconds / 2), request.span.end}, "sit down", BodyPart::Whole, {}});
    request.quality = quality;
    request.device = DeviceChoice::Cpu;
    request.seed = 11;
    return request;
  }
  GeneratedMotion generate(const GenerationRequest& request) {
    auto result = generator_->generate(request, {}, {});
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return result ? *result : GeneratedMotion{std::make_shared<Motion>(), {}, {}, {}, {}, 0, 0};
  }

  std::unique_ptr<MotionGenerator> generator_;
};

// Poses of held-out captures, two steps apart, at frames of the project that are no engine frames.
TEST_F(ShippedModelTest, KeysAreMetInProjectsOfAnyRate) {
  auto library = loadLibrary(kResources / "library/motion.kslib");
  ASSERT_TRUE(library) << library.error().message;
  const auto held = std::find_if(library->clips.begin(), library->clips.end(), [](const LibraryClip& clip) {
    return clip.split == Split::Val && clip.flatFloor && clip.motion.frameCount() >= 150;
  });
  ASSERT_NE(held, library->clips.end());
  for (const FrameRate rate : {FrameRate{24, 1}, FrameRate{24000, 1001}, FrameRate{30, 1}}) {
    GenerationRequest request = requestOf(6, Quality::Good);
    for (const int frame : {31, 66, 101}) {
      const Ticks time = ticksOfFrame(frame, rate);
      request.poses.push_back({time, evaluate(held->motion, time)});
    }
    const GeneratedMotion result = generate(request);
    EXPECT_LE(result.report.keyErrorMeanMeters, 0.01) << rate.fps() << " fps, " << held->id;
    EXPECT_LE(result.report.keyErrorWorstMeters, 0.02) << rate.fps() << " fps, " << held->id;
    // and by hand, at the keys' own times
    for (const PoseKeyRequest& key : request.poses) {
      const auto is = forwardKinematics(*kinescore22(), evaluate(*result.motion, key.time)).positions;
      const auto asked = forwardKinematics(*kinescore22(), key.pose).positions;
      for (int j = 0; j < kJointCount22; ++j) EXPECT_LE(glm::length(is[j] - asked[j]), 0.02f) << j;
    }
  }
}

TEST_F(ShippedModelTest, APartIsMadeAnewAndJoins) {
  const GeneratedMotion base = generate(requestOf(10, Quality::Draft));
  GenerationRequest request = requestOf(10, Quality::Draft);
  request.base = base.motion;
  request.range = FrameRange{121, 190};
  request.seed = 12;
  const Motion motion = *generate(request).motion;
  EXPECT_EQ(identityHash(motion, {0, 121}), identityHash(*base.motion, {0, 121}));
  EXPECT_EQ(identityHash(motion, {190, 300}), identityHash(*base.motion, {190, 300}));
  const std::vector<glm::vec3> world = worldPositions(motion);
  const auto speed = [&](std::int64_t f) {
    double sum = 0;
    for (int j = 0; j < kJointCount22; ++j) {
      sum += glm::length(world[f * kJointCount22 + j] - world[(f - 1) * kJointCount22 + j]);
    }
    return sum * 30 / kJointCount22;
  };
  std::vector<double> speeds;
  for (std::int64_t f = 1; f < 300; ++f) speeds.push_back(speed(f));
  std::sort(speeds.begin(), speeds.end());
  const double usual = speeds[speeds.size() * 95 / 100];
  EXPECT_LE(speed(121), 1.5 * usual);
  EXPECT_LE(speed(190), 1.5 * usual);
}

// Joints about the root in its heading, metres.
double poseGap(const Motion& a, const Motion& b) {
  const MotionFeatures x = featuresFromMotion(a), y = featuresFromMotion(b);
  const std::int64_t frames = std::min(x.frames, y.frames);
  double sum = 0;
  for (std::int64_t f = 0; f < frames; ++f) {
    for (int j = 0; j < kJointCount22; ++j) {
      const std::size_t at = std::size_t(f) * kFeatureCount + kPositionChannel + std::size_t(3 * j);
      sum += std::hypot(x.values[at] - y.values[at], x.values[at + 1] - y.values[at + 1], x.values[at + 2] - y.values[at + 2]);
    }
  }
  return sum / double(frames * kJointCount22);
}

// A held-out capture as an animator would block it, a pose every third of a second and nothing between: what is performed
// keeps to it, and so about as near to the capture as the blocking is.
TEST_F(ShippedModelTest, ADraftIsFollowed) {
  if (!followsDrafts(kResources / "weights/kinescore-base.safetensors")) GTEST_SKIP() << "the weights that ship were not trained to";
  auto library = loadLibrary(kResources / "library/motion.kslib");
  ASSERT_TRUE(library) << library.error().message;
  double drafted = 0, free = 0, blocked = 0;
  int clips = 0;
  for (const LibraryClip& clip : library->clips) {
    if (clip.split != Split::Val || !clip.flatFloor || clip.motion.frameCount() < 150 || clips == 6) continue;
    const Motion truth = clip.motion.slice({0, 150});
    auto rough = std::make_shared<Motion>();
    for (std::int64_t f = 0; f < 150; ++f) rough->appendPose(truth.pose(f / 10 * 10));
    GenerationRequest request;
    request.span.end = ticksFromSeconds(5);
    request.texts.push_back({request.span, clip.captions.empty() ? "move" : clip.captions[0].textA, BodyPart::Whole, {}});
    request.device = DeviceChoice::Cpu;
    request.seed = 5;
    free += poseGap(*generate(request).motion, truth);
    request.draft = DraftRequest{rough, "blocked", {}, 1, {}};
    drafted += poseGap(*generate(request).motion, truth);
    blocked += poseGap(*rough, truth);
    ++clips;
  }
  ASSERT_EQ(clips, 6);
  RecordProperty("drafted_cm", std::to_string(100 * drafted / clips));
  std::printf("joints from the capture, cm: free %.1f, blocked draft %.1f, performed after it %.1f\n", 100 * free / clips, 100 * blocked / clips,
              100 * drafted / clips);
  EXPECT_LT(drafted, 0.5 * free);
  EXPECT_LT(drafted, 1.25 * blocked);
}

// Thirty prompts with gaps, overlaps and texts for parts: where one window takes over from another, nothing shows.
TEST_F(ShippedModelTest, ThreeMinutesJoinNoWorseThanInside) {
  constexpr const char* kPrompts[] = {"walk forward", "turn left", "wave with the right hand", "jump", "sit down", "stand up"};
  GenerationRequest request = requestOf(180, Quality::Good);
  request.texts.clear();
  for (int i = 0; i < 30; ++i) {
    const double start = 6 * i + (i % 5 == 0 ? 1 : 0), end = 6 * i + (i % 4 == 0 ? 7 : 6);
    request.texts.push_back({{ticksFromSeconds(start), ticksFromSeconds(std::min(end, 180.0))}, kPrompts[i % 6], BodyPart::Whole, {}});
  }
  request.texts.push_back({{ticksFromSeconds(20), ticksFromSeconds(24)}, "wave", BodyPart::LeftArm, {}});
  const Motion motion = *generate(request).motion;
  ASSERT_EQ(motion.frameCount(), 5400);
  const std::vector<glm::vec3> world = worldPositions(motion);
  std::vector<double> change(5400, 0.0);  // mean length of the joints' second difference
  for (std::int64_t f = 1; f + 1 < 5400; ++f) {
    for (int j = 0; j < kJointCount22; ++j) {
      const auto at = [&](std::int64_t g) { return world[g * kJointCount22 + j]; };
      change[f] += glm::length(at(f - 1) - 2.0f * at(f) + at(f + 1)) / kJointCount22;
    }
  }
  const WindowPlan plan = planWindows(5400, std::nullopt);
  ASSERT_GT(plan.windows.size(), 30u);
  double joins = 0;
  for (std::size_t i = 1; i < plan.windows.size(); ++i) {
    double worst = 0;
    for (std::int64_t f = plan.knownUntil(i) - 2; f < plan.knownUntil(i) + 2; ++f) worst = std::max(worst, change[f]);
    joins += worst / double(plan.windows.size() - 1);
  }
  double inside = 0;  // the same of four frames anywhere
  int counted = 0;
  for (std::int64_t f = 2; f + 4 < 5400; f += 4, ++counted) inside += *std::max_element(&change[f], &change[f] + 4);
  inside /= counted;
  // 37 joins of a heavy-tailed figure: a quarter is what chance does
  EXPECT_LE(joins, 1.25 * inside);
  // a part's text moves the part
  GenerationRequest plain = request;
  plain.texts.pop_back();
  const Motion without = *generate(plain).motion;
  double arm = 0, leg = 0;
  for (std::int64_t f = 630; f < 690; ++f) {
    arm += 1 - std::abs(glm::dot(motion.rotation(f, kLeftForeArm), without.rotation(f, kLeftForeArm)));
    leg += 1 - std::abs(glm::dot(motion.rotation(f, kRightLeg), without.rotation(f, kRightLeg)));
  }
  EXPECT_GT(arm, 3 * leg);
}

TEST_F(ShippedModelTest, ThreadsAndRepetitionChangeNoBit) {
  GenerationRequest request = requestOf(8, Quality::Good);
  const std::string first = identityHash(*generate(request).motion);
  request.threads = 1;
  EXPECT_EQ(identityHash(*generate(request).motion), first);
  request.threads = 2;
  EXPECT_EQ(identityHash(*generate(request).motion), first);
}

TEST_F(ShippedModelTest, AHundredGenerationsLeaveNoMemoryBehind) {
  if (KINESCORE_OWN_ALLOCATOR) GTEST_SKIP() << "the sanitizer has an allocator of its own";
  GenerationRequest request = requestOf(2, Quality::Draft);
  for (int i = 0; i < 10; ++i) generate(request);
  const auto inUse = [] {
    const auto info = mallinfo2();
    return double(info.uordblks) + double(info.hblkhd);
  };
  const double before = inUse();
  constexpr int kTimes = 100;
  for (int i = 0; i < kTimes; ++i) {
    request.seed = std::uint64_t(100 + i);
    generate(request);
  }
  EXPECT_LE((inUse() - before) / kTimes, 10 * 1024);
}

}  // namespace
}  // namespace kinescore
