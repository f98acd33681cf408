// One test for each trap of the specification (gem.md 12), named after it. Where a trap is about what the
// published code does wrong, the test holds us to what is right; where it is about what the model was trained
// with, to that.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/network/gem/contact_fix.h"
#include "engine/network/gem/estimate.h"
#include "engine/network/gem/sampler.h"
#include "engine/network/gem/smoothing.h"
#include "engine/network/gem/speech_encoder.h"
#include "engine/network/gem/weights.h"
#include "engine/network/gem/world.h"
#include "engine/network/gem/world_errors.h"
#include "tests/engine/network/gem/goldens.h"

namespace kinescore::gem {
namespace {

const std::string kDenoiser = kDenoiserPrefix;

const Config kConfig = smallConfig();

const ParameterMap& weights() {
  static const ParameterMap made = loudWeights(kConfig);
  return made;
}

const Denoiser& denoiser() {
  static const Denoiser made(kConfig, weights());
  return made;
}

TextFeatures someText(std::uint64_t seed) {
  const at::Tensor values = randomTensor({kTextTokens, kTextChannels}, seed);
  return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + values.numel()};
}

std::vector<float> someNumbers(std::int64_t count, std::uint64_t seed) {
  const at::Tensor values = randomTensor({count}, seed);
  return {values.const_data_ptr<float>(), values.const_data_ptr<float>() + count};
}

// Somebody in the middle of a picture, every joint seen.
ClipConditions videoClip(std::int64_t frames) {
  ClipConditions clip = ClipConditions::empty(frames);
  clip.imageFeatures = someNumbers(frames * kImageChannels, 5);
  for (std::int64_t t = 0; t < frames; ++t) {
    clip.present[t].image = clip.present[t].keypoints = clip.present[t].camera = true;
    clip.boxes[t] = {640, 360, 400};
    clip.intrinsics[t] = {1280, 640, 360};
    for (int j = 0; j < kKeypoints; ++j) clip.keypoints[t][j] = {600.0f + 5 * float(j), 250.0f + 12 * float(j), 0.9f};
  }
  return clip;
}

ClipConditions withEverything(std::int64_t frames) {
  ClipConditions clip = videoClip(frames);
  clip.text = someText(6);
  clip.music = someNumbers(frames * kMusicChannels, 7);
  clip.speech = someNumbers(frames * kSpeechSamples, 8);
  for (Presence& present : clip.present) present.music = present.speech = true;
  return clip;
}

at::Tensor summed(const ClipConditions& clip) {
  return denoiser().conditionEncoder().encode(gatherConditions({&clip, 1})).sum();
}

at::Tensor timeOf(std::int64_t timestep) { return denoiser().timeInput(at::full({1}, timestep, at::kLong)); }

Prediction seenAt(const ClipConditions& clip, const at::Tensor& noisy, Branches branches = Branches::All) {
  return denoiser().denoise(denoiser().prepare(gatherConditions({&clip, 1}), branches), noisy, timeOf(500));
}

/// A walk on a bend.
SmplMotion worldWalk(int frames) {
  SmplMotion motion(std::size_t(frames), SmplFrame{});
  for (int t = 0; t < frames; ++t) {
    const float s = float(t);
    motion[t].globalOrient = {0, 0.03f * s, 0};
    motion[t].translation = {std::sin(0.05f * s), 0.02f * std::sin(0.4f * s), 0.03f * s};
    motion[t].bodyPose[0] = {0.4f * std::sin(0.2f * s), 0, 0};
    motion[t].bodyPose[3] = {0.3f + 0.2f * std::sin(0.2f * s), 0, 0};
  }
  return motion;
}

// A stick figure in a T-pose.
BodyModel stickBody() {
  BodyModel body;
  body.restJoints = {{{0, 0, 0},          {0.08f, -0.08f, 0}, {-0.08f, -0.08f, 0},  {0, 0.1f, 0},
                      {0.1f, -0.45f, 0},  {-0.1f, -0.45f, 0}, {0, 0.24f, 0},        {0.1f, -0.85f, 0},
                      {-0.1f, -0.85f, 0}, {0, 0.3f, 0},       {0.1f, -0.9f, 0.12f}, {-0.1f, -0.9f, 0.12f},
                      {0, 0.5f, 0},       {0.07f, 0.42f, 0},  {-0.07f, 0.42f, 0},   {0, 0.58f, 0},
                      {0.17f, 0.44f, 0},  {-0.17f, 0.44f, 0}, {0.43f, 0.44f, 0},    {-0.43f, 0.44f, 0},
                      {0.68f, 0.44f, 0},  {-0.68f, 0.44f, 0}}};
  return body;
}

DecodedMotion decodedWalk(int frames) {
  DecodedMotion motion(std::size_t(frames), DecodedFrame{});
  for (int t = 0; t < frames; ++t) {
    const float s = float(t);
    motion[t].orientGravity = {0.1f * std::sin(0.2f * s), 0.03f * s, 0.05f};
    motion[t].orientCamera = {0.2f + 0.1f * std::sin(0.2f * s), 0.03f * s - 0.01f * s, 0};
    motion[t].localStep = {0, 0.001f * std::sin(s), 0.03f};
  }
  return motion;
}

SixD yawVelocity(float radians) { return sixDOf(rotationAboutY(radians)); }

float angleBetween(const glm::mat3& a, const glm::mat3& b) { return angleOfRotation(glm::transpose(a) * b); }

TEST(GemTraps, T01_TheRootsStepIsSeenFromThePelvis) {
  const SmplMotion world = worldWalk(20);
  const std::vector<glm::vec3> steps = localSteps(world);
  std::vector<glm::mat3> orients;
  for (const SmplFrame& frame : world) orients.push_back(rotationOfAxisAngle(frame.globalOrient));
  const std::vector<glm::vec3> path = rolledOut(orients, steps);
  for (std::size_t t = 0; t < path.size(); ++t) {
    EXPECT_LT(glm::length(path[t] - (world[t].translation - world[0].translation)), 1e-5f) << t;
  }
  // turned the published way, the decoder would lead elsewhere
  std::vector<glm::vec3> wrong = steps;
  for (std::size_t t = 0; t < steps.size(); ++t) wrong[t] = orients[t] * (orients[t] * steps[t]);
  EXPECT_GT(glm::length(rolledOut(orients, wrong).back() - path.back()), 0.1f);
}

TEST(GemTraps, T02_TheGravityAxisIsFoundAndBothConventionsMeet) {
  const DecodedMotion up = decodedWalk(60);
  const std::vector<SixD> velocity(60, yawVelocity(0.01f));
  EXPECT_EQ(detectedGravityAxis(up), GravityAxis::Up);
  const glm::mat3 aboutZ({-1, 0, 0}, {0, -1, 0}, {0, 0, 1});
  DecodedMotion down = up;
  for (DecodedFrame& frame : down) {
    frame.orientGravity = axisAngleOfRotation(aboutZ * rotationOfAxisAngle(frame.orientGravity));
  }
  EXPECT_EQ(detectedGravityAxis(down), GravityAxis::Down);
  const auto a = worldRollout(up, velocity, GravityAxis::Up), b = worldRollout(down, velocity, GravityAxis::Auto);
  for (std::size_t t = 0; t < a.size(); ++t) {
    EXPECT_LT(angleBetween(a[t].rotation, b[t].rotation), 2e-3f) << t;
    EXPECT_LT(glm::length(a[t].translation - b[t].translation), 1e-4f) << t;
  }
}

TEST(GemTraps, T03_ALensAndAnAngleOfViewAreNotTheSame) {
  EXPECT_NEAR(focalOfFilmLens(1000, 1000, 43.3f), 1415, 1);
  EXPECT_NEAR(focalOfFieldOfView(1000, 43.3f), 1260, 1);
  EXPECT_NEAR(focalOfFilmLens(1000, 1000, 24), 785, 1);
  EXPECT_NEAR(focalOfFieldOfView(1000, 24), 2352, 1);
}

TEST(GemTraps, T04_AnUnknownCameraIsAssumedInOneOfTwoWays) {
  EXPECT_FLOAT_EQ(assumedIntrinsics(1920, 1440).focal, 1920);
  EXPECT_FLOAT_EQ(assumedIntrinsics(1440, 1920).focal, 1920);
  EXPECT_FLOAT_EQ(assumedIntrinsics(1920, 1440, AssumedFocal::Diagonal).focal, 2400);
  EXPECT_FLOAT_EQ(assumedIntrinsics(1920, 1440).x, 960);
  // a longer focal length puts the body further away
  const glm::vec3 head(1, 0, 0);
  const float near = translationOfCameraHead(head, {960, 720, 600}, assumedIntrinsics(1920, 1440)).z;
  const float far =
      translationOfCameraHead(head, {960, 720, 600}, assumedIntrinsics(1920, 1440, AssumedFocal::Diagonal)).z;
  EXPECT_NEAR(far / near, 1.25f, 1e-5f);
}

TEST(GemTraps, T05_TheSigmoidOfAPeakAlmostAlwaysCountsAsSeen) {
  for (const float peak : {0.01f, 0.1f, 0.3f}) {
    EXPECT_GT(keypointConfidence(peak, PeakConfidence::Sigmoid), 0.5f);
    EXPECT_LT(keypointConfidence(peak, PeakConfidence::Raw), 0.5f);
  }
}

TEST(GemTraps, T06_LegsAreSolvedForTheAnkleAlone) {
  SmplMotion world = worldWalk(12);
  std::vector<ContactLogits> logits(world.size());
  for (ContactLogits& frame : logits) frame = {8, 8, -8, -8, -8, 8};
  const auto poses = contactPoses(stickBody(), world, logits);
  const auto turned = [&](int joint) {
    float most = 0;
    for (std::size_t t = 0; t < world.size(); ++t) {
      most = std::max(most, angleBetween(rotationOfAxisAngle(poses[t][joint - 1]),
                                         rotationOfAxisAngle(world[t].bodyPose[joint - 1])));
    }
    return most;
  };
  for (const int hipOrKnee : {1, 4}) EXPECT_GT(turned(hipOrKnee), 0.01f) << hipOrKnee;
  for (const int collarToElbow : {14, 17, 19}) EXPECT_GT(turned(collarToElbow), 0.001f) << collarToElbow;
  for (const int untouched : {3, 6, 7, 8, 9, 10, 11, 12, 15, 20, 21}) EXPECT_LT(turned(untouched), 2e-3f) << untouched;
}

TEST(GemTraps, T07_NoTextIsFiftyZeroTokensAndNotNothing) {
  const at::Tensor none = denoiser().embedText(at::zeros({1, kTextTokens, kTextChannels}));
  EXPECT_EQ(none.size(1), 50);
  const at::Tensor expected =
      weights().at(kDenoiser + "embed_text.bias") + weights().at(positionTableName()).narrow(0, 0, 50).squeeze(1);
  EXPECT_LT(largestDifference(none[0], expected), 1e-6);
  EXPECT_GT(none.abs().max().item<double>(), 0.1);
  // an empty text is that, to the last bit
  ClipConditions empty = ClipConditions::empty(8), zeros = empty;
  zeros.text.assign(std::size_t(kTextTokens) * kTextChannels, 0.0f);
  const at::Tensor noisy = randomTensor({1, 8, kMotionChannels}, 3);
  EXPECT_TRUE(at::equal(seenAt(empty, noisy).motion, seenAt(zeros, noisy).motion));
}

TEST(GemTraps, T08_ACameraThatStandsIsNotACameraNobodyKnows) {
  ClipConditions stands = ClipConditions::empty(4), unknown = stands;
  for (Presence& present : stands.present) present.camera = true;
  EXPECT_EQ(gatherConditions({&stands, 1}).cameraVelocity.abs().max().item<float>(), 0.0f);
  EXPECT_GT(largestDifference(summed(stands), summed(unknown)), 1e-3);
}

TEST(GemTraps, T09_TheUnconditionalBranchKeepsTheVideo) {
  ClipConditions everything = withEverything(6), video = videoClip(6);
  const ConditionEncoder& encoder = denoiser().conditionEncoder();
  const at::Tensor dropped = encoder.withoutGuided(encoder.encode(gatherConditions({&everything, 1}))).sum();
  EXPECT_LT(largestDifference(dropped, summed(video)), 1e-6);
  EXPECT_GT(largestDifference(dropped, encoder.encodeNothing(1, 6).sum()), 1e-2);
  // camera and contacts are guided as well
  const at::Tensor noisy = randomTensor({1, 6, kMotionChannels}, 3);
  const Prediction both = seenAt(everything, noisy, Branches::Guided), mixed = guided(both, 2, 2.5);
  const auto expected = [](const at::Tensor& rows) { return rows[1] + 2.5 * (rows[0] - rows[1]); };
  EXPECT_LT(largestDifference(mixed.camera[0], expected(both.camera)), 1e-6);
  EXPECT_LT(largestDifference(mixed.contacts[0], expected(both.contacts)), 1e-5);
  EXPECT_GT(largestDifference(mixed.contacts[0], both.contacts[0]), 1e-4);
}

TEST(GemTraps, T10_FramesOutsideEveryPromptGetExactlyNothing) {
  const LayerReader layers(weights());
  const CrossAttention attention =
      CrossAttention::read(layers, kDenoiser + "text_encoder_layers.0.cross_attn", kConfig.heads);
  const at::Tensor x = randomTensor({1, 10, kConfig.width}, 1);
  const at::Tensor a = randomTensor({1, kTextTokens, kConfig.width}, 2),
                   b = randomTensor({1, kTextTokens, kConfig.width}, 3);
  TextPlan plan;
  plan.frames = {{2, 6}, {4, 8}};
  plan.coverage = at::zeros({1, 10, 1});
  for (const FrameSpan& span : plan.frames) plan.coverage.narrow(1, span.begin, span.count()).add_(1);
  const at::Tensor out = attention(x, attention.remember({a, b}), plan);
  for (const std::int64_t t : {0, 1, 8, 9}) EXPECT_EQ(out[0][t].abs().max().item<float>(), 0.0f) << t;
  const at::Tensor first = attention(x, attention.remember({a}), {}),
                   second = attention(x, attention.remember({b}), {});
  EXPECT_LT(largestDifference(out[0][3], first[0][3]), 1e-5);
  EXPECT_LT(largestDifference(out[0][5], first[0][5] + second[0][5]), 1e-5);  // both biases too
}

TEST(GemTraps, T11_HavingKeypointsIsCountedBeforeTheBoxTestAndBeingSeenAfter) {
  Keypoints points{};
  const PersonBox box{100, 100, 50};
  for (int j = 0; j < 4; ++j) points[j] = {100, 100, 0.9f};
  points[2].x = points[3].x = 126;  // outside
  SeenKeypoints seen = seenKeypoints(points, box, true);
  EXPECT_TRUE(seen.isEnough);
  EXPECT_TRUE(seen.isVisible[1]);
  EXPECT_FALSE(seen.isVisible[2]);
  points[3].confidence = 0.5f;  // exactly a half does not count
  EXPECT_FALSE(seenKeypoints(points, box, true).isEnough);
  points[2].x = 125;  // on the border is inside
  EXPECT_TRUE(seenKeypoints(points, box, true).isVisible[2]);
  EXPECT_FALSE(seenKeypoints(points, box, false).isVisible[0]);
  // with too few, the box is flagged away and the image stays
  ClipConditions clip = videoClip(2);
  for (int j = 3; j < kKeypoints; ++j) clip.keypoints[0][j].confidence = 0;
  const ConditionTensors tensors = gatherConditions({&clip, 1});
  EXPECT_EQ(tensors.hasBox[0][0].item<float>(), 0.0f);
  EXPECT_EQ(tensors.hasImage[0][0].item<float>(), 1.0f);
  EXPECT_EQ(tensors.hasBox[0][1].item<float>(), 1.0f);
}

TEST(GemTraps, T12_SeenJointsSayWhereAndHiddenOnesOnlyWho) {
  ParameterMap changed = weights();
  changed["learned_pos_params"] = changed["learned_pos_params"] + 1;
  const Denoiser other(kConfig, changed);
  const ClipConditions seen = videoClip(3);
  const auto keypointsOf = [](const Denoiser& network, const ClipConditions& clip) {
    return network.conditionEncoder().encode(gatherConditions({&clip, 1})).keypoints;
  };
  EXPECT_TRUE(at::equal(keypointsOf(denoiser(), seen), keypointsOf(other, seen)));
  ClipConditions hidden = seen;
  for (Keypoints& frame : hidden.keypoints) frame[4].confidence = 0.2f;
  EXPECT_GT(largestDifference(keypointsOf(denoiser(), hidden), keypointsOf(other, hidden)), 1e-3);
  ClipConditions elsewhere = hidden;
  for (Keypoints& frame : elsewhere.keypoints) frame[4].x += 50;
  EXPECT_TRUE(at::equal(keypointsOf(denoiser(), hidden), keypointsOf(denoiser(), elsewhere)));
}

TEST(GemTraps, T13_ConditionsThatAreAbsentAddTheirConstants) {
  const ConditionParts nothing = denoiser().conditionEncoder().encodeNothing(1, 2);
  for (const at::Tensor* part : {&nothing.box, &nothing.image, &nothing.camera, &nothing.music, &nothing.speech}) {
    EXPECT_GT(part->abs().max().item<double>(), 1e-3);
  }
  const std::string at = "cond_exists_embedder.f_imgseq.";
  const LayerReader layers(weights());
  const at::Tensor constant = layers.linear(at + "2")(at::silu(weights().at(at + "0.bias")));
  EXPECT_LT(largestDifference(nothing.image[0][0], constant), 1e-6);
  EXPECT_LT(largestDifference(summed(ClipConditions::empty(2)), nothing.sum()), 1e-6);
}

TEST(GemTraps, T14_ShapeIsOnePerClip) {
  ClipConditions clip = videoClip(9);
  clip.validFrames = 6;
  const at::Tensor shape =
      seenAt(clip, randomTensor({1, 9, kMotionChannels}, 3)).motion.narrow(2, kShapeChannel, kShapes);
  EXPECT_TRUE(at::equal(shape, shape.narrow(1, 0, 1).expand_as(shape)));
}

TEST(GemTraps, T15_TheCamerasScaleIsKeptUpBeforeGuidanceAndMayFallAfterwards) {
  ParameterMap low = weights();
  const std::string head = kDenoiser + "pred_cam_head.fc2.";
  low[head + "weight"] = low[head + "weight"] * 20;
  const Denoiser network(kConfig, low);
  const ClipConditions clip = withEverything(24);
  const Prediction both =
      network.denoise(network.prepare(gatherConditions({&clip, 1}), Branches::Guided),
                      randomTensor({1, 24, kMotionChannels}, 3), network.timeInput(at::full({1}, 500, at::kLong)));
  const at::Tensor scales = both.camera.select(2, 0);
  EXPECT_GE(scales.min().item<float>(), kSmallestCameraScale);
  EXPECT_EQ(scales.min().item<float>(), kSmallestCameraScale) << "the clamp is to be met by some frame";
  EXPECT_LT(guided(both, 2, 30).camera.select(2, 0).min().item<float>(), kSmallestCameraScale);
}

TEST(GemTraps, T16_WithoutABoxTheBodyIsABillionFocalLengthsAway) {
  const glm::vec3 away = translationOfCameraHead({1, 0, 0}, {}, {1280, 640, 360});
  EXPECT_TRUE(std::isfinite(away.z));
  EXPECT_NEAR(away.z / (2e9f * 1280), 1, 1e-3);
}

TEST(GemTraps, T17_TheNamesOfTheMetricsAreTheOtherWayRound) {
  EXPECT_EQ(alignmentOfMetric("wa2_mpjpe"), WorldAlignment::FirstTwoFrames);
  EXPECT_EQ(alignmentOfMetric("waa_mpjpe"), WorldAlignment::AllFrames);
  SmplMotion walk = worldWalk(50), drifting = walk;
  for (std::size_t t = 0; t < walk.size(); ++t) drifting[t].translation.x += 0.01f * float(t);
  const auto truth = jointPositions(stickBody(), walk), predicted = jointPositions(stickBody(), drifting);
  const double whole = worldJointError(predicted, truth, WorldAlignment::AllFrames);
  const double fromStart = worldJointError(predicted, truth, WorldAlignment::FirstTwoFrames);
  EXPECT_GT(fromStart, 2 * whole);
  EXPECT_LT(worldJointError(truth, truth, WorldAlignment::AllFrames), 1e-6);
}

TEST(GemTraps, T18_StepsAreAFrameLongAtThirtyFramesASecond) {
  EXPECT_EQ(kFramesPerSecond, 30);
  EXPECT_EQ(kSpeechSamples * kFramesPerSecond, 18000);
  // 1 m/s is a thirtieth of a metre a frame, and 0.15 m/s with the reference's 0.033 s is where standing still ends
  const std::vector<glm::mat3> straight(31, glm::mat3(1));
  const std::vector<glm::vec3> steps(31, glm::vec3(0, 0, 1.0f / 30));
  EXPECT_NEAR(rolledOut(straight, steps).back().z, 1, 1e-5);
  JointPositions here{}, slow{}, fast{};
  for (int j = 0; j < kBodyJoints; ++j) {
    slow[j].x = 0.14f * 0.033f;
    fast[j].x = slow[j].x + 0.16f * 0.033f;
  }
  const auto still = stillJoints(std::vector<JointPositions>{here, slow, fast});
  EXPECT_TRUE(still[0][0]);
  EXPECT_FALSE(still[1][0]);
  EXPECT_EQ(still[2], still[1]);
}

TEST(GemTraps, T19_RowsPairsActivationsAndEpsilonsAreTheTrainedOnes) {
  const SixD rows = sixDOf(rotationOfAxisAngle({0, 0, float(M_PI) / 2})), expected = {0, -1, 0, 1, 0, 0};
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(rows[i], expected[i], 1e-6) << i;
  // neighbours turn together, the first pair by the position itself
  const at::TensorOptions options = at::TensorOptions().dtype(at::kFloat);
  const at::Tensor turned = rotatePairs(at::tensor({1.0f, 0.0f, 0.0f, 0.0f}).view({1, 1, 1, 4}),
                                        rotaryTurns(2, 4, options).narrow(0, 1, 1));
  EXPECT_NEAR(turned.view({4})[0].item<float>(), std::cos(1.0f), 1e-6);
  EXPECT_NEAR(turned.view({4})[1].item<float>(), std::sin(1.0f), 1e-6);
  EXPECT_NEAR(rotaryAngles(2, 4, options)[1][1].item<float>(), 0.01f, 1e-7);
  // a block with tanh-GELU, norms of 1e-6 and plain gates; heads with erf-GELU and no norm before them
  const ClipConditions clip = videoClip(5);
  std::map<std::string, at::Tensor> stages;
  DenoiseOptions look;
  look.observer = [&](std::string_view name, const at::Tensor& value) { stages[std::string(name)] = value; };
  const ClipContext context = denoiser().prepare(gatherConditions({&clip, 1}), Branches::All);
  const Prediction seen =
      denoiser().denoise(context, 1e-3 * randomTensor({1, 5, kMotionChannels}, 3), timeOf(500), look);
  const LayerReader layers(weights());
  const std::string block = kDenoiser + "blocks.0.", head = kDenoiser + "static_conf_head.";
  const at::Tensor x = stages.at("h_text0");
  const auto gate = [&](const char* name) { return weights().at(block + name); };
  const at::Tensor a = x + gate("gate_msa") * SelfAttention::read(layers, block + "attn", kConfig.heads)(
                                                  layers.norm(block + "norm1", 1e-6)(x), context.attention);
  const auto feed = [&](const char* kind) {
    const at::Tensor inner = at::gelu(layers.linear(block + "mlp.fc1")(layers.norm(block + "norm2", 1e-6)(a)), kind);
    return a + gate("gate_mlp") * layers.linear(block + "mlp.fc2")(inner);
  };
  EXPECT_LT(largestDifference(feed("tanh"), stages.at("h_block0")), 1e-5);
  const at::Tensor contacts = layers.linear(head + "fc2")(at::gelu(layers.linear(head + "fc1")(seen.hidden)));
  EXPECT_LT(largestDifference(contacts, seen.contacts), 1e-5);
}

TEST(GemTraps, T20_EverythingIsInSinglePrecisionWithoutShortcuts) {
  const Prediction seen = seenAt(withEverything(6), randomTensor({1, 6, kMotionChannels}, 3));
  for (const at::Tensor* output : {&seen.motion, &seen.camera, &seen.contacts})
    EXPECT_EQ(output->scalar_type(), at::kFloat);
  for (const auto& [name, tensor] : weights()) EXPECT_EQ(tensor.scalar_type(), at::kFloat) << name;
  // convolutions too, which graphics cards like to round: as near to double precision as single precision is
  ParameterMap doubles;
  for (const auto& [name, tensor] : weights()) doubles[name] = tensor.to(at::kDouble);
  const at::Tensor waveform = randomTensor({1, 4 * kSpeechSamples}, 9);
  const at::Tensor exact = SpeechEncoder(doubles)(waveform.to(at::kDouble)),
                   single = SpeechEncoder(weights())(waveform);
  EXPECT_LT(largestDifference(exact, single.to(at::kDouble)) / exact.abs().max().item<double>(), 2e-6);
}

TEST(GemTraps, T21_TheFirstStepCancelsLargeNumbersInTheReferencesOrder) {
  const std::vector<DdimStep> steps = ddimSteps();
  EXPECT_NEAR(steps[0].rootRecip, 20291.17f, 0.01f);
  EXPECT_EQ(steps[0].timestep, 999);
  const at::Tensor x = randomTensor({1, 4, kMotionChannels}, 1), clean = randomTensor({1, 4, kMotionChannels}, 2);
  const at::Tensor next = ddimUpdate(x, clean, steps[0]);
  std::vector<float> expected;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const float xi = x.const_data_ptr<float>()[i], ci = clean.const_data_ptr<float>()[i];
    const float scaled = steps[0].rootRecip * xi;
    const float noise = (scaled - ci) / steps[0].rootRecipMinusOne;
    const float kept = ci * steps[0].rootAlphaBefore, added = steps[0].rootNoiseBefore * noise;
    expected.push_back(kept + added);
  }
  EXPECT_TRUE(at::equal(next.flatten(), at::tensor(at::ArrayRef<float>(expected))));
  // the last step answers with the clean motion itself
  EXPECT_TRUE(at::equal(ddimUpdate(x, clean, steps.back()), clean));
}

TEST(GemTraps, T22_AQuaternionBarelyBeyondOneDoesNotBreakTheSolve) {
  const glm::quat beyond(1.0000001f, 0, 0, 0), a(1, 0, 0, 0);
  for (const float part : {0.4f, 0.6f, 0.8f}) {
    const glm::quat q = partOfTurn(a, beyond, part);
    EXPECT_TRUE(std::isfinite(q.w) && std::isfinite(q.x));
    EXPECT_NEAR(q.w, 1, 1e-5);
  }
}

TEST(GemTraps, T23_StreamingTurnsAFrameLaterAndIsNotSmoothed) {
  const DecodedMotion motion = decodedWalk(50);
  std::vector<SixD> velocity(50, yawVelocity(0));
  velocity[25] = yawVelocity(0.2f);  // one sudden turn
  const auto whole = worldRollout(motion, velocity);
  StreamingRollout stream;
  std::vector<WorldFrame> frames;
  for (std::size_t t = 0; t < motion.size(); ++t) {
    frames.push_back(stream.advance(motion[t], velocity[t], t == 0 ? glm::vec3(0) : motion[t - 1].localStep));
  }
  EXPECT_LT(angleBetween(frames[25].rotation, rotationOfAxisAngle(motion[25].orientGravity)), 2e-3f);  // not yet
  EXPECT_NEAR(angleBetween(frames[26].rotation, rotationOfAxisAngle(motion[26].orientGravity)), 0.2f, 5e-3f);
  EXPECT_GT(angleBetween(whole[25].rotation, frames[25].rotation), 0.05f);  // spread over its neighbours
  EXPECT_LT(angleBetween(whole[49].rotation, frames[49].rotation), 5e-3f);
  // with a camera that stands they are one
  const std::vector<SixD> still(50, yawVelocity(0));
  const auto quiet = worldRollout(motion, still);
  StreamingRollout second;
  for (std::size_t t = 0; t < motion.size(); ++t) {
    const WorldFrame frame = second.advance(motion[t], still[t], t == 0 ? glm::vec3(0) : motion[t - 1].localStep);
    EXPECT_LT(glm::length(frame.translation - quiet[t].translation), 1e-4f) << t;
  }
}

TEST(GemTraps, T24_TheNoiseIsTheCallersAndDecidesTheResult) {
  const ClipConditions clip = withEverything(6);
  const ClipContext context = denoiser().prepare(gatherConditions({&clip, 1}), Branches::Guided);
  const at::Tensor noise = randomTensor({1, 6, kMotionChannels}, 3), other = randomTensor({1, 6, kMotionChannels}, 4);
  SamplingOptions options;
  options.steps = 5;
  const at::Tensor first = sample(denoiser(), context, noise, options)->motion;
  EXPECT_TRUE(at::equal(first, sample(denoiser(), context, noise, options)->motion));
  EXPECT_GT(largestDifference(first, sample(denoiser(), context, other, options)->motion), 1e-3);
}

TEST(GemTraps, T25_PaddingIsNoBodysBusiness) {
  ClipConditions clip = withEverything(12);
  clip.validFrames = 7;
  const at::Tensor noisy = randomTensor({1, 12, kMotionChannels}, 3), changed = noisy.clone();
  changed.narrow(1, 7, 5).add_(3);
  const Prediction a = seenAt(clip, noisy), b = seenAt(clip, changed);
  EXPECT_LT(largestDifference(a.motion.narrow(1, 0, 7), b.motion.narrow(1, 0, 7)), 1e-6);
  EXPECT_GT(largestDifference(a.contacts.narrow(1, 7, 5), b.contacts.narrow(1, 7, 5)), 1e-4);
}

TEST(GemTraps, T26_AShortClipInALongBatchStaysFinite) {
  ClipConditions clip = ClipConditions::empty(150);
  clip.text = someText(2);
  const at::Tensor noisy = randomTensor({1, 150, kMotionChannels}, 3);
  for (const std::int64_t valid : {1, 30, 31}) {
    clip.validFrames = valid;
    const Prediction seen = seenAt(clip, noisy);
    EXPECT_TRUE(at::isfinite(seen.motion).all().item<bool>()) << valid;
    EXPECT_TRUE(at::isfinite(seen.camera).all().item<bool>()) << valid;
  }
}

TEST(GemTraps, T27_RoundingDoesNotTurnTheWorld) {
  // A camera that stands: the reference drifts by milliradians here, since its angles come from acos near 1.
  DecodedMotion motion = decodedWalk(200);
  const at::Tensor jitter = 0.3 * randomTensor({200, 3}, 5);
  for (std::size_t t = 0; t < motion.size(); ++t) {
    motion[t].orientCamera += vectorsOf(jitter)[t];
    motion[t].orientGravity += 0.5f * vectorsOf(jitter)[t];
  }
  const std::vector<SixD> still(200, SixD{1, 0, 0, 0, 1, 0});
  const auto world = worldRollout(motion, still);
  for (std::size_t t = 0; t < motion.size(); ++t) {
    EXPECT_LT(angleBetween(world[t].rotation, rotationOfAxisAngle(motion[t].orientGravity)), 2e-3f) << t;
    EXPECT_LT(glm::length(world[t].rotation[0] - rotationOfAxisAngle(motion[t].orientGravity)[0]), 1e-5f) << t;
  }
}

}  // namespace
}  // namespace kinescore::gem
