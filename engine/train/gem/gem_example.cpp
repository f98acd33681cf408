#include "engine/train/gem/gem_example.h"

#include <algorithm>
#include <optional>

#include "engine/motion/kinematics.h"
#include "engine/network/gem/caption_features.h"
#include "engine/network/gem/heard_score.h"
#include "engine/network/gem/performed_motion.h"
#include "engine/network/gem/world.h"
#include "engine/train/gem/gem_body.h"
#include "engine/train/made_up_camera.h"

namespace kinescore::gem {
namespace {

constexpr int kFewestTold = 25;  // frames
constexpr float kMostError = 0.025f;  // of the box
constexpr float kSmallestBoxScale = 1.05f, kLargestBoxScale = 1.35f, kUsualBoxScale = 1.2f, kBoxJitter = 0.4f;
constexpr float kNearestBody = 0.05f;  // metres; a number for the camera head even where the body is beside the camera
constexpr float kSureness = 0.9f;

/// The motion in the world and each frame's camera.
struct Scene {
  SmplMotion world;
  std::vector<WorldPose> poses;
  std::vector<PinholeCamera> cameras;
};

Scene sceneOf(std::span<const float> values, bool moves, CounterRandom& random) {
  Scene scene;
  const Motion motion = motionFromFeatures(values);
  scene.world = smplOf(motion, {0, motion.frameCount()});
  CameraWay way = drawCameraWay(values, random);
  if (!moves) way = CameraWay{way.start};
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    scene.poses.push_back(forwardKinematics(*motion.skeleton, motion.pose(f)));
    scene.cameras.push_back(way.at(float(f) / float(kFramesPerSecond)));
  }
  return scene;
}

/// Frame by frame what the camera's pictures show, with the box around it.
void addView(const Scene& scene, const ViewOptions& options, Example& example, CounterRandom& random) {
  const double noise = random.uniform();
  DetectorError error(options.exact ? 0.0f : kMostError * float(noise * noise), random);
  ClipConditions& clip = example.conditions;
  std::optional<PersonBox> last;
  for (std::size_t f = 0; f < scene.poses.size(); ++f) {
    const BodySight sight = seenBy(scene.cameras[f], viewPointsOf(scene.poses[f]));
    Keypoints points = keypointsOf(sight);
    PersonBox box = boxAround(points).value_or(last.value_or(PersonBox{0, 0, 1}));
    last = box;
    if (!options.exact) {
      const float tight = box.size / kUsualBoxScale, scale = float(random.uniform(kSmallestBoxScale, kLargestBoxScale));
      const auto off = [&] { return float(random.uniform(-1, 1)) * kBoxJitter * (scale - 1) * tight; };
      const float right = off(), down = off();
      box = {box.x + right, box.y + down, tight * scale};
    }
    for (int k = 0; k < kKeypoints; ++k) {
      const glm::vec2 wrong = box.size * error.next(k);
      if (points[k].confidence <= 0) continue;
      points[k] = {points[k].x + wrong.x, points[k].y + wrong.y, kSureness};
      example.seen[f][k] = {(points[k].x - box.x) / box.size + 0.5f, (points[k].y - box.y) / box.size + 0.5f};
      example.seenMask[f][k] = 1;
    }
    clip.keypoints[f] = points;
    clip.boxes[f] = box;
    clip.intrinsics[f] = {kViewFocal, 0, 0};
    const glm::mat3& next = scene.cameras[std::min(f + 1, scene.cameras.size() - 1)].cameraFromWorld;
    clip.cameraVelocity[f] = sixDOf(next * glm::transpose(scene.cameras[f].cameraFromWorld));
    clip.present[f].keypoints = clip.present[f].camera = true;
  }
  const std::size_t frames = scene.poses.size();
  if (frames > 1) clip.cameraVelocity[frames - 1] = clip.cameraVelocity[frames - 2];
}

/// The truth of a frame's root in its camera.
void addRoots(const Scene& scene, Example& example) {
  for (std::size_t f = 0; f < scene.poses.size(); ++f) {
    glm::vec3 pelvis = scene.cameras[f].cameraFrom(scene.poses[f].positions[kHips]);
    pelvis.z = std::max(pelvis.z, kNearestBody);
    example.pelvis[f] = pelvis;
    example.camera[f] = cameraHeadOfTranslation(pelvis - kPelvisFromOrigin, example.conditions.boxes[f],
                                                example.conditions.intrinsics[f]);
    example.turn[f] = rotationOfAxisAngle(scene.world[f].globalOrient);
    example.path[f] = scene.world[f].translation;
  }
}

void addMotion(const Scene& scene, Example& example) {
  EncodedSource source;
  source.world = source.camera = scene.world;
  std::vector<JointPositions> joints(scene.poses.size());
  for (std::size_t f = 0; f < scene.poses.size(); ++f) {
    const glm::mat3& camera = scene.cameras[f].cameraFromWorld;
    source.camera[f].globalOrient = axisAngleOfRotation(camera * rotationOfAxisAngle(scene.world[f].globalOrient));
    source.gravityFromCamera.push_back(gravityFromCamera(camera));
    std::copy_n(scene.poses[f].positions.begin(), kBodyJoints, joints[f].begin());
  }
  const std::vector<MotionVector> vectors = encodeMotion(source, publishedStatistics());
  const std::vector<StillJoints> still = stillJoints(joints);
  for (std::size_t f = 0; f < vectors.size(); ++f) {
    example.motion[f] = vectors[f];
    for (int c = 0; c < kContacts; ++c) example.contacts[f][c] = still[f][gem::kContactJoints[c]] ? 1.0f : 0.0f;
  }
}

Example emptyExample(ExampleKind kind, int frames) {
  Example example;
  example.kind = kind;
  example.conditions = ClipConditions::empty(frames);
  const auto count = std::size_t(frames);
  example.motion.resize(count);
  example.camera.resize(count, glm::vec3(0));
  example.pelvis.resize(count, glm::vec3(0));
  example.turn.resize(count, glm::mat3(1));
  example.path.resize(count, glm::vec3(0));
  example.contacts.resize(count);
  example.seen.resize(count);
  example.seenMask.resize(count);
  return example;
}

/// The caption that covers most of the crop and the frames it covers; nothing when that is too little.
std::optional<TextTokens> captionOf(const TrainingData& data, const Crop& crop, CounterRandom& random) {
  constexpr double kBorrowed = 0.15;
  std::optional<TextTokens> best;
  for (TextTokens& text : data.textsOf(crop, random, kBorrowed)) {
    text.startFrame = std::max(text.startFrame, 0);
    text.endFrame = std::min(text.endFrame, crop.frames);
    const int covered = text.endFrame - text.startFrame;
    if (covered >= kFewestTold && (!best || covered > best->endFrame - best->startFrame)) best = std::move(text);
  }
  return best;
}

}  // namespace

Example seenExample(std::span<const float> values, ExampleKind kind, int frames, const ViewOptions& options,
                    CounterRandom& random) {
  const std::size_t count = std::min<std::size_t>(values.size() / kFeatureCount, std::size_t(frames));
  const Scene scene = sceneOf(values.first(count * kFeatureCount), options.moves, random);
  Example example = emptyExample(kind, frames);
  example.conditions.validFrames = std::int64_t(count);
  addView(scene, options, example, random);
  if (kind != ExampleKind::Flat) {  // of a flat one nothing is left that a loss could look at
    addRoots(scene, example);
    addMotion(scene, example);
  }
  return example;
}

Example drawExample(const TrainingData& data, const Crop& crop, ExampleKind kind, int frames, CounterRandom& random) {
  std::span<const float> values = crop.values;
  std::optional<TextTokens> text;
  if (kind != ExampleKind::Captured) text = captionOf(data, crop, random);
  if (text) {
    values = values.subspan(std::size_t(text->startFrame) * kFeatureCount,
                            std::size_t(text->endFrame - text->startFrame) * kFeatureCount);
  }
  Example example = seenExample(values, kind, frames, {.moves = kind != ExampleKind::Told}, random);
  if (text) example.conditions.text = captionFeatures(text->tokens, text->sides);
  return example;
}

}  // namespace kinescore::gem
