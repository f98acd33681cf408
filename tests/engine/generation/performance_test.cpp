#include "engine/generation/performance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>

#include "engine/core/random.h"
#include "engine/generation/planner.h"
#include "engine/motion/kinematics.h"
#include "tests/support/motions.h"
#include "tests/support/standing_denoiser.h"

namespace kinescore {
namespace {

Result<PromptTokens> encodePlainly(std::string_view prompt) {
  PromptTokens tokens;
  tokens.words = {std::string(prompt)};
  tokens.tokens.assign(kTextWidth, 0.1f);
  tokens.sentence.assign(kTextWidth, 0.1f);
  return tokens;
}

GenerationRequest requestOf(double seconds, std::uint64_t seed = 1) {
  GenerationRequest request;
  request.span.end = ticksFromSeconds(seconds);
  request.texts.push_back({request.span, "stand still", BodyPart::Whole, {}});
  request.seed = seed;
  return request;
}

/// Arms down, one hand forward, knees a little bent.
Pose reachingPose() {
  Pose pose = restPose(*kinescore22());
  pose.localRotations[kLeftArm] = glm::angleAxis(-1.2f, glm::vec3(0, 0, 1));
  pose.localRotations[kRightArm] = glm::angleAxis(1.0f, glm::vec3(0, 1, 0));
  pose.localRotations[kSpine] = glm::angleAxis(0.2f, glm::vec3(1, 0, 0));
  return pose;
}

class PerformanceTest : public testing::Test {
 protected:
  Result<GeneratedMotion> performIt(const GenerationRequest& request, const ProgressSink& progress = {},
                                    std::stop_token stop = {}) {
    Ensemble ensemble{&denoiser_, encodePlainly, openLibrary_, openReferences_, {}};
    return perform(request, ensemble, progress, std::move(stop));
  }
  Motion motionOf(const GenerationRequest& request) {
    const auto result = performIt(request);
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return result ? *result->motion : Motion{};
  }

  StandingDenoiser denoiser_;
  std::function<Result<std::shared_ptr<const Library>>()> openLibrary_;
  std::function<Result<std::shared_ptr<const ReferenceLibrary>>()> openReferences_;
};

TEST_F(PerformanceTest, TenSecondsAreThreeHundredFramesInTwoWindows) {
  const auto result = performIt(requestOf(10));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->motion->frameCount(), 300);
  EXPECT_EQ(result->motion->contacts.size(), 1200u);
  ASSERT_EQ(denoiser_.windows.size(), 2u);
  EXPECT_EQ(std::count(denoiser_.windows[0].knownMask.begin(), denoiser_.windows[0].knownMask.end(), 1.0f), 0);
  EXPECT_EQ(std::count(denoiser_.windows[1].knownMask.begin(), denoiser_.windows[1].knownMask.end(), 1.0f),
            kContextFrames);
  EXPECT_GT(result->networkEvaluations, 2 * 16);  // guided in a part of the levels
  EXPECT_LT(result->networkEvaluations, 2 * 2 * 16);
  EXPECT_EQ(result->modelHash, "standing");
}

TEST_F(PerformanceTest, SamplingSetByHandIsSampledSo) {
  GenerationRequest request = requestOf(3);
  request.sampling.steps = 5;
  int steps = 0;
  const auto few = performIt(request, [&](const GenerationProgress& p) { steps = std::max(steps, p.steps); });
  ASSERT_TRUE(few) << few.error().message;
  EXPECT_EQ(steps, 5);
  request.sampling.guidance = 1;  // no push: the branch without words is not asked
  const auto plain = performIt(request);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->networkEvaluations, 5);
  EXPECT_GT(few->networkEvaluations, 5);
  request.sampling.sampler = Sampler::Ddim;
  EXPECT_NE(identityHash(motionOf(request)), identityHash(*plain->motion));

  EXPECT_TRUE(denoiser_.windows.back().avoided.empty());
  request.sampling.avoid = "jump";
  ASSERT_TRUE(performIt(request));
  ASSERT_EQ(denoiser_.windows.back().avoided.size(), 1u);
  EXPECT_FALSE(denoiser_.windows.back().avoided[0].isTimed);
  request.sampling.steps = 0;
  EXPECT_FALSE(performIt(request));
}

TEST_F(PerformanceTest, OddLengthsAreNotRounded) {
  EXPECT_EQ(motionOf(requestOf(1.1)).frameCount(), 33);
  EXPECT_EQ(motionOf(requestOf(0.02)).frameCount(), 1);
}

TEST_F(PerformanceTest, TheSameRequestGivesTheSameBits) {
  const std::string first = identityHash(motionOf(requestOf(8)));
  EXPECT_EQ(identityHash(motionOf(requestOf(8))), first);
  std::string there;
  std::thread([&] { there = identityHash(motionOf(requestOf(8))); }).join();
  EXPECT_EQ(there, first);
  EXPECT_NE(identityHash(motionOf(requestOf(8, 2))), first);
}

TEST_F(PerformanceTest, WindowsJoinWithoutAJump) {
  denoiser_.drift = 0.3f;  // each window stands 30 cm beside its context
  const Motion motion = motionOf(requestOf(10));
  float fastest = 0;
  for (std::int64_t f = 1; f < motion.frameCount(); ++f) {
    fastest = std::max(fastest, glm::length(motion.rootPositions[f] - motion.rootPositions[f - 1]));
  }
  EXPECT_LT(fastest, 0.06f);  // 30 cm spread over the frames behind the join, not in one
}

TEST_F(PerformanceTest, PoseKeysAreMetAtTheirOwnTime) {
  for (const FrameRate rate : {FrameRate{24, 1}, FrameRate{24000, 1001}, FrameRate{30, 1}}) {
    GenerationRequest request = requestOf(4);
    request.poses.push_back({ticksOfFrame(37, rate), reachingPose()});
    const auto result = performIt(request);
    ASSERT_TRUE(result) << result.error().message;
    const WorldPose want = forwardKinematics(*kinescore22(), request.poses[0].pose);
    const WorldPose got = forwardKinematics(*kinescore22(), evaluate(*result->motion, request.poses[0].time));
    double mean = 0, worst = 0;
    for (int j = 0; j < kJointCount22; ++j) {
      const double miss = glm::length(want.positions[j] - got.positions[j]);
      mean += miss / kJointCount22;
      worst = std::max(worst, miss);
    }
    EXPECT_LE(mean, 0.01) << rate.numerator;
    EXPECT_LE(worst, 0.02) << rate.numerator;
    EXPECT_NEAR(result->report.keyErrorWorstMeters, worst, 1e-6);
    EXPECT_GT(result->report.keyErrorBeforeMeters, 0.3);  // the figure stood in the T-pose
    ASSERT_EQ(result->report.lines.size(), 1u);
    EXPECT_FALSE(result->report.lines[0].isNote);
    EXPECT_EQ(result->report.lines[0].engineFrame, nearestFrame(request.poses[0].time, kEngineRate));
  }
}

TEST_F(PerformanceTest, AHoldIsOneLine) {
  GenerationRequest request = requestOf(4);
  for (int f = 30; f < 50; ++f) request.poses.push_back({ticksOfFrame(f, kEngineRate), reachingPose()});
  const auto result = performIt(request);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->report.lines.size(), 1u);
}

TEST_F(PerformanceTest, AMissedTargetIsSaid) {
  GenerationRequest request = requestOf(3);
  // one hand cannot be in two places
  request.targets.push_back({ticksFromSeconds(1), kRightHand, {-0.5f, 1.2f, 0.3f}, {}});
  request.targets.push_back({ticksFromSeconds(1), kRightHand, {0.5f, 1.2f, 0.3f}, {}});
  const auto result = performIt(request);
  ASSERT_TRUE(result);
  ASSERT_EQ(result->report.lines.size(), 2u);
  const auto missed = std::find_if(result->report.lines.begin(), result->report.lines.end(),
                                   [](const ReportLine& line) { return line.isNote; });
  ASSERT_NE(missed, result->report.lines.end());
  EXPECT_NE(missed->sentence.find("Right hand"), std::string::npos);
  EXPECT_EQ(missed->engineFrame, 30);
  EXPECT_GT(result->report.keyErrorWorstMeters, 0.3);
}

TEST_F(PerformanceTest, ThePathIsFollowedAcrossWindows) {
  GenerationRequest request = requestOf(10);
  request.paths.push_back({{{{0}, {1, 1}, {}}, {ticksFromSeconds(5), {3, 2}, {}}, {ticksFromSeconds(10), {1, 4}, {}}}, 1});
  const auto result = performIt(request);
  ASSERT_TRUE(result);
  EXPECT_LE(result->report.pathErrorMeanMeters, 0.05);
  const glm::vec3 end = result->motion->rootPositions.back();
  EXPECT_LT(glm::length(glm::vec2(end.x - 1, end.z - 4)), 0.15f);
  // the second window begins elsewhere and is told the path in its own space
  EXPECT_NEAR(denoiser_.windows[1].path[0], 0, 0.2);
}

// --- ranges ---------------------------------------------------------------------------------------

class RangeTest : public PerformanceTest {
 protected:
  GenerationRequest rangeRequest(FrameRange range, std::uint64_t seed = 5) {
    if (!base_) {
      GenerationRequest whole = requestOf(10);
      whole.paths.push_back({{{{0}, {0, 0}, {}}, {ticksFromSeconds(10), {2, 6}, {}}}, 1});
      base_ = std::make_shared<const Motion>(motionOf(whole));
      denoiser_.windows.clear();
    }
    GenerationRequest request = requestOf(10, seed);
    request.base = base_;
    request.range = range;
    return request;
  }
  std::shared_ptr<const Motion> base_;
};

TEST_F(RangeTest, OutsideEveryBitStays) {
  for (const FrameRange range : {FrameRange{100, 150}, FrameRange{0, 31}, FrameRange{255, 300}, FrameRange{20, 290},
                                 FrameRange{77, 78}}) {
    const GenerationRequest request = rangeRequest(range);
    const Motion motion = motionOf(request);
    ASSERT_EQ(motion.frameCount(), 300);
    EXPECT_EQ(identityHash(motion, {0, range.start}), identityHash(*base_, {0, range.start}));
    EXPECT_EQ(identityHash(motion, {range.end, 300}), identityHash(*base_, {range.end, 300}));
    EXPECT_NE(identityHash(motion, range), identityHash(*base_, range));
  }
}

TEST_F(RangeTest, ItsNeighboursAreKnownWhole) {
  const GenerationRequest request = rangeRequest({101, 150});
  motionOf(request);
  ASSERT_EQ(denoiser_.windows.size(), 1u);
  const WindowConditions& c = denoiser_.windows[0];
  ASSERT_EQ(c.frames, 182 - 68);
  for (int f = 0; f < c.frames; ++f) EXPECT_EQ(c.knownMask[f], request.range->contains(68 + f) ? 0 : 1) << f;
  // in the window's space its first frame is the origin, facing ahead
  EXPECT_NEAR(c.known[kRootChannel], 0, 1e-4);
  EXPECT_NEAR(c.known[kRootChannel + 2], 0, 1e-4);
  EXPECT_NEAR(c.known[kHeadingChannel], 1, 1e-4);
}

TEST_F(RangeTest, TheJoinsMoveNoFasterThanTheMotionItself) {
  const GenerationRequest request = rangeRequest({100, 160});
  const Motion motion = motionOf(request);
  const std::vector<glm::vec3> world = worldPositions(motion);
  const auto speedAt = [&](std::int64_t f) {  // mean joint speed from frame f - 1 to f
    double sum = 0;
    for (int j = 0; j < kJointCount22; ++j) {
      sum += glm::length(world[f * kJointCount22 + j] - world[(f - 1) * kJointCount22 + j]) * 30 / kJointCount22;
    }
    return sum;
  };
  std::vector<double> speeds;
  for (std::int64_t f = 1; f < 300; ++f) speeds.push_back(speedAt(f));
  std::vector<double> sorted = speeds;
  std::sort(sorted.begin(), sorted.end());
  const double usual = sorted[sorted.size() * 95 / 100];
  EXPECT_LE(speedAt(100), 1.5 * usual);
  EXPECT_LE(speedAt(160), 1.5 * usual);
}

TEST_F(RangeTest, KeysOutsideItAreLeftInPeace) {
  GenerationRequest request = rangeRequest({100, 150});
  request.poses.push_back({ticksFromSeconds(1), reachingPose()});
  const auto result = performIt(request);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->report.keyErrorWorstMeters, 0);
  // Yet the report is about the whole motion.
  EXPECT_TRUE(std::any_of(result->report.lines.begin(), result->report.lines.end(),
                          [](const ReportLine& line) { return line.isNote && line.engineFrame == 30; }));
  EXPECT_EQ(identityHash(*result->motion, {0, 100}), identityHash(*base_, {0, 100}));
}

TEST_F(RangeTest, WithoutABaseItIsRefused) {
  GenerationRequest request = rangeRequest({100, 150});
  request.base.reset();
  const auto result = performIt(request);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::InvalidArgument);
}

// --- progress, stop, references -----------------------------------------------------------------

TEST_F(PerformanceTest, ProgressRisesToTheEnd) {
  std::vector<GenerationProgress> seen;
  ASSERT_TRUE(performIt(requestOf(10), [&](const GenerationProgress& p) { seen.push_back(p); }));
  ASSERT_GT(seen.size(), 30u);
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GE(seen[i].fraction, seen[i - 1].fraction);
  EXPECT_EQ(seen.back().phase, GenerationProgress::Phase::Done);
  EXPECT_EQ(seen.back().fraction, 1);
  EXPECT_EQ(seen[5].steps, 32);
}

TEST_F(PerformanceTest, StopsInTheMiddleOfACall) {
  denoiser_.callTime = std::chrono::seconds(10);
  std::stop_source stop;
  std::thread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  const auto result = performIt(requestOf(10), {}, stop.get_token());
  later.join();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(PerformanceTest, StopsAtEveryStep) {
  int steps = 0;
  ASSERT_TRUE(performIt(requestOf(10), [&](const GenerationProgress&) { ++steps; }));
  for (int at = 0; at < steps; at += 5) {
    std::stop_source stop;
    int seen = 0;
    const auto result = performIt(requestOf(10), [&](const GenerationProgress&) {
      if (seen++ == at) stop.request_stop();
    }, stop.get_token());
    ASSERT_FALSE(result) << at;
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
  }
}

TEST_F(PerformanceTest, ReferencesOfTheLibraryReachTheNetwork) {
  auto library = std::make_shared<Library>();
  library->clips.emplace_back().id = "cmu_01_01";
  for (int f = 0; f < 60; ++f) library->clips[0].motion.appendPose(reachingPose());
  openLibrary_ = [library]() -> Result<std::shared_ptr<const Library>> { return std::shared_ptr<const Library>(library); };
  GenerationRequest request = requestOf(4);
  request.references.push_back({request.span, "cmu_01_01", false, 0.5f});
  request.references.push_back({request.span, "nobody_knows_it", false, 1.0f});
  const auto result = performIt(request);
  ASSERT_TRUE(result) << result.error().message;
  const auto& references = denoiser_.windows[0].references;
  ASSERT_EQ(references.size(), 1u);
  EXPECT_EQ(references[0].frames, 60);
  EXPECT_EQ(references[0].values.size(), 60u * 198);
  EXPECT_EQ(references[0].strength, 0.5f);
  ASSERT_EQ(result->report.lines.size(), 1u);
  EXPECT_TRUE(result->report.lines[0].isNote);
  EXPECT_NE(result->report.lines[0].sentence.find("nobody_knows_it"), std::string::npos);
  ASSERT_EQ(result->report.references.size(), 1u);  // told of, as what lies on the timeline
  EXPECT_EQ(result->report.references[0], (ShownReference{"", "cmu_01_01", {{0}, ticksOfFrame(60, kEngineRate)}, false, true}));
}

TEST_F(PerformanceTest, PromptsFindTheirReferencesByThemselves) {
  auto library = std::make_shared<Library>();
  std::vector<ReferenceEntry> entries;
  for (int i = 0; i < 10; ++i) {
    LibraryClip& clip = library->clips.emplace_back();
    clip.id = "clip" + std::to_string(i);
    for (int f = 0; f < 90; ++f) clip.motion.appendPose(reachingPose());
    clip.captions.push_back({{30, 70}, "reach", i == 9 ? "reach left" : "reach", {}, {}});
    std::vector<float> vector(kTextWidth, i < 8 ? 0.05f : -0.05f);
    if (i == 9) vector.assign(kTextWidth, 0.0501f);
    entries.push_back({i, 0, 40, namedSides(clip.captions[0].textA), vector});
  }
  openReferences_ = [library, entries]() -> Result<std::shared_ptr<const ReferenceLibrary>> {
    return std::make_shared<const ReferenceLibrary>(ReferenceLibrary{library, ReferenceSearch(entries)});
  };
  const auto shown = [&](GenerationRequest request) {
    denoiser_.windows.clear();
    const auto result = performIt(request);
    EXPECT_TRUE(result);
    std::string told;
    for (const ShownReference& r : result->report.references) told += r.clipId + (r.mirror ? " (mirrored)," : ",");
    return told;
  };
  GenerationRequest request = requestOf(3);
  request.texts[0].span = {ticksFromSeconds(1), ticksFromSeconds(3)};
  const std::string told = shown(request);
  const auto& references = denoiser_.windows[0].references;
  ASSERT_EQ(references.size(), std::size_t(kUsualReferences));
  for (const ReferenceTokens& r : references) {
    EXPECT_EQ(r.frames, 40);  // what the caption speaks of, no more
    EXPECT_EQ(r.startFrame, 30);
    EXPECT_EQ(r.endFrame, 90);
  }
  EXPECT_EQ(shown(request), told);
  EXPECT_EQ(told.find("clip8"), std::string::npos);  // says something else
  GenerationRequest part = request;  // kept frames owe nothing to clips, made ones do
  part.base = std::make_shared<const Motion>(motionOf(request));
  part.range = FrameRange{0, 20};
  EXPECT_EQ(shown(part), "");
  part.range = FrameRange{25, 40};
  EXPECT_EQ(shown(part), told);

  int different = 0;
  for (request.seed = 2; request.seed < 8; ++request.seed) different += shown(request) != told;
  EXPECT_GT(different, 2);  // another seed is shown others

  request.references.push_back({request.texts[0].span, "clip1"});
  openLibrary_ = [library]() -> Result<std::shared_ptr<const Library>> { return std::shared_ptr<const Library>(library); };
  shown(request);
  EXPECT_EQ(denoiser_.windows[0].references.size(), 2u);  // the named one counts
  request.references.clear();
  request.automaticReferences = 0;
  shown(request);
  EXPECT_TRUE(denoiser_.windows[0].references.empty());

  // "right": what is captured on the left is shown mirrored, what has no side as it is
  request.automaticReferences = 3;
  request.texts[0].prompt = "reach right";
  bool mirrored = false;
  for (request.seed = 1; request.seed < 12; ++request.seed) {
    const std::string clips = shown(request);
    mirrored |= clips.find("clip9 (mirrored)") != std::string::npos;
    EXPECT_EQ(clips.find("clip9,"), std::string::npos);
  }
  EXPECT_TRUE(mirrored);
  request.automaticReferences = 4;
  EXPECT_FALSE(performIt(request));
}

/// Ten clips of 90 frames, "clip0" … "clip9", that say "reach" from frame 30 to 70.
std::shared_ptr<const ReferenceLibrary> reachingLibrary() {
  auto library = std::make_shared<Library>();
  std::vector<ReferenceEntry> entries;
  for (int i = 0; i < 10; ++i) {
    LibraryClip& clip = library->clips.emplace_back();
    clip.id = "clip" + std::to_string(i);
    for (int f = 0; f < 90; ++f) clip.motion.appendPose(reachingPose());
    clip.captions.push_back({{30, 70}, "reach", "reach", {}, {}});
    entries.push_back({i, 0, 40, {}, std::vector<float>(kTextWidth, 0.05f)});
  }
  return std::make_shared<const ReferenceLibrary>(ReferenceLibrary{library, ReferenceSearch(entries), nullptr});
}

TEST_F(PerformanceTest, PinsAreShownFirstAndForbiddenClipsNever) {
  openReferences_ = []() -> Result<std::shared_ptr<const ReferenceLibrary>> { return reachingLibrary(); };
  GenerationRequest request = requestOf(3);
  request.wishes.pins = {{"clip7", std::nullopt, {}}, {"clip3", TimeRange{ticksFromSeconds(0.5), ticksFromSeconds(1.5)}, request.texts[0].prompt},
                         {"clip5", std::nullopt, "another prompt"}, {"lost", std::nullopt, {}}};
  request.wishes.forbidden = {"clip0", "clip1", "clip2"};
  request.automaticReferences = 3;
  std::set<std::string> seen;
  for (request.seed = 1; request.seed < 12; ++request.seed) {
    denoiser_.windows.clear();
    const auto result = performIt(request);
    ASSERT_TRUE(result) << result.error().message;
    const std::vector<ShownReference>& shown = result->report.references;
    ASSERT_EQ(shown.size(), 3u);
    EXPECT_EQ(shown[0].clipId, "clip7");
    EXPECT_EQ(shown[0].part, (TimeRange{ticksFromSeconds(1), ticksOfFrame(70, kEngineRate)}));  // its moment
    EXPECT_EQ(shown[1].clipId, "clip3");
    EXPECT_EQ(shown[1].part, request.wishes.pins[1].part);
    EXPECT_TRUE(shown[0].pinned && shown[1].pinned && !shown[2].pinned);
    seen.insert(shown[2].clipId);
    ASSERT_EQ(denoiser_.windows[0].references.size(), 3u);
    EXPECT_EQ(denoiser_.windows[0].references[1].frames, 30);
    const auto lost = std::count_if(result->report.lines.begin(), result->report.lines.end(),
                                    [](const ReportLine& line) { return line.isNote && line.sentence.find("“lost”") != std::string::npos; });
    EXPECT_EQ(lost, 1);
  }
  for (const char* never : {"clip0", "clip1", "clip2", "clip7", "clip3"}) EXPECT_FALSE(seen.contains(never)) << never;
  EXPECT_GT(seen.size(), 1u);

  request.automaticReferences = 0;  // pins are shown all the same
  denoiser_.windows.clear();
  EXPECT_EQ(performIt(request)->report.references.size(), 2u);
  request.wishes.forbidden.push_back("clip7");
  EXPECT_EQ(performIt(request)->report.references.size(), 1u);
}

TEST_F(PerformanceTest, OfSeveralBeginningsTheTowerChoosesOne) {
  TowerParameters parameters = TowerParameters::empty();
  CounterRandom random(5);
  for (TowerParameters::Array& array : parameters.arrays()) {
    for (float& v : *array.values) v = float(0.1 * random.normal());
  }
  const auto tower = std::make_shared<const RetrievalTower>(std::vector{std::move(parameters)});
  denoiser_.tremble = 0.3f;
  int opened = 0;
  Ensemble ensemble{&denoiser_, encodePlainly, {}, {}, {}, [&]() -> Result<std::shared_ptr<const RetrievalTower>> {
                      ++opened;
                      return tower;
                    }};
  GenerationRequest request = requestOf(10);
  int last = 0, planned = 0;
  const auto chosen = perform(request, ensemble, [&](const GenerationProgress& p) {
    EXPECT_GE(p.step, last);
    last = p.step;
    planned = p.steps;
  }, {});
  ASSERT_TRUE(chosen);
  EXPECT_EQ(last, planned);
  const auto again = perform(request, ensemble, {}, {});
  const auto alone = performIt(request);
  EXPECT_EQ(identityHash(*chosen->motion), identityHash(*again->motion));
  EXPECT_GT(chosen->networkEvaluations, alone->networkEvaluations);
  EXPECT_EQ(opened, 2);
  std::set<std::string> seen;  // one of them, not always the first
  for (std::uint64_t seed = 1; seed < 6; ++seed) {
    request.seed = seed;
    seen.insert(identityHash(*perform(request, ensemble, {}, {})->motion) == identityHash(*performIt(request)->motion) ? "first" : "other");
  }
  EXPECT_TRUE(seen.contains("other"));

  opened = 0;
  request.quality = Quality::Draft;
  EXPECT_EQ(perform(request, ensemble, {}, {})->networkEvaluations, performIt(request)->networkEvaluations);
  request.quality = Quality::Good;
  request.texts.clear();
  request.draft = DraftRequest{std::make_shared<const Motion>(swayingMotion(60)), "rough.bvh", {}, 1, {}};
  EXPECT_EQ(perform(request, ensemble, {}, {})->networkEvaluations, performIt(request)->networkEvaluations);
  EXPECT_EQ(opened, 0);  // nothing to judge by
}

TEST_F(PerformanceTest, ADraftIsPlacedFrameByFrame) {
  GenerationRequest request = requestOf(10);
  request.draft = DraftRequest{std::make_shared<const Motion>(swayingMotion(240)), "rough.bvh", ticksFromSeconds(1), 0.5f, {}};
  auto result = performIt(request);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(denoiser_.windows[0].references.empty());
  ASSERT_FALSE(result->report.lines.empty());
  EXPECT_NE(result->report.lines[0].sentence.find("“rough.bvh” was left out"), std::string::npos);
  EXPECT_NE(result->report.lines[0].detail.find("not trained to follow"), std::string::npos);

  denoiser_.follows = true;
  denoiser_.windows.clear();
  result = performIt(request);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->report.lines.empty() || !result->report.lines[0].isNote);
  ASSERT_GT(denoiser_.windows.size(), 1u);
  const std::vector<FrameRange> windows = planWindows(request.frameCount(), {}).windows;
  MotionFeatures whole = featuresFromMotion(*request.draft->motion);
  denoiser_.statistics().normalise(whole.values);
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const WindowConditions& window = denoiser_.windows[w];
    EXPECT_TRUE(window.references.empty());
    ASSERT_EQ(window.draftMask.size(), std::size_t(window.frames));
    for (std::int64_t f = 0; f < window.frames; ++f) {
      const std::int64_t frame = windows[w].start + f;  // of the performance
      const bool isDrawn = frame >= 30 && frame < 270;
      ASSERT_EQ(window.draftMask[f], isDrawn ? 0.5f : 0.0f) << frame;
      const float* row = whole.values.data() + (frame - 30) * kFeatureCount + kPositionChannel;
      for (int c = 0; c < kDraftChannels; ++c) ASSERT_EQ(window.draft[f * kDraftChannels + c], isDrawn ? row[c] : 0.0f);
    }
  }
}

TEST_F(PerformanceTest, TheNearestClipIsToldExceptForDrafts) {
  Ensemble ensemble{&denoiser_, encodePlainly, {}, {}, [](const Motion&, std::stop_token) {
                      return Result<std::optional<NearestClips::Answer>>(NearestClips::Answer{0.07, "cmu_01_01"});
                    }};
  GenerationRequest request = requestOf(2);
  const auto good = perform(request, ensemble, {}, {});
  ASSERT_TRUE(good);
  EXPECT_EQ(good->report.nearestClipMeters, 0.07);
  EXPECT_EQ(good->report.nearestClipId, "cmu_01_01");
  request.quality = Quality::Draft;
  EXPECT_LT(perform(request, ensemble, {}, {})->report.nearestClipMeters, 0);
}

}  // namespace
}  // namespace kinescore
