#include "engine/evaluate/sensed_items.h"

#include <algorithm>

#include "engine/core/random.h"
#include "engine/evaluate/sensed_measures.h"
#include "engine/generation/body_view.h"
#include "engine/train/sense_draws.h"

namespace kinescore {
namespace {

constexpr float kUpright = 0.85f;                 // cosine of the chest's up axis with the world's, every frame
constexpr std::int64_t kShortestBeaten = 60;
constexpr int kMostBeaten = 24, kShifts = 20;
constexpr std::uint64_t kCameraStream = 0x63616d;

bool isUpright(const Motion& motion) {
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    const WorldPose world = forwardKinematics(*motion.skeleton, motion.pose(f));
    if ((world.rotations[kSpine2] * glm::vec3(0, 1, 0)).y < kUpright) return false;
  }
  return true;
}

}  // namespace

std::vector<int> viewedStretches(const EvaluationQuestion& question) {
  const EvaluationSplit& split = question.manifest->splits.at(question.split);
  std::vector<int> numbers;
  for (std::size_t i = 0; i < split.inbetweens.size(); ++i) {
    const EvaluationInbetween& item = split.inbetweens[i];
    if (isUpright(question.library->findClip(item.clip)->motion.slice(item.frames))) numbers.push_back(int(i));
  }
  return numbers;
}

std::vector<int> beatenStretches(const EvaluationQuestion& question) {
  const EvaluationSplit& split = question.manifest->splits.at(question.split);
  std::vector<int> all;
  for (std::size_t i = 0; i < split.stretches.size(); ++i) {
    const EvaluationStretch& item = split.stretches[i];
    if (item.frames.length() < kShortestBeaten) continue;
    const Motion motion = question.library->findClip(item.clip)->motion.slice(item.frames);
    if (accentsOf(featuresFromMotion(motion).values).size() * 15 >= std::size_t(motion.frameCount())) all.push_back(int(i));
  }
  std::vector<int> some;
  const int count = std::min<int>(kMostBeaten, int(all.size()));
  for (int i = 0; i < count; ++i) some.push_back(all[std::size_t(i) * all.size() / std::size_t(count)]);
  return some;
}

double tempoOf(int index, int count) { return 90 + 50.0 * (count > 1 ? double(index) / (count - 1) : 0.5); }

Result<nlohmann::json> measureView(const EvaluationQuestion& question, const EvaluationInbetween& item,
                                   ModelUnderTest& model, std::stop_token stop) {
  const Motion truth = fromOrigin(question.library->findClip(item.clip)->motion.slice(item.frames));
  const MotionFeatures features = featuresFromMotion(truth);
  ViewRecord record;
  record.clip = item.clip;
  for (const std::uint64_t seed : question.manifest->constraintSeeds) {
    CounterRandom random(seed, std::uint64_t(item.frames.start), kCameraStream);
    const PinholeCamera camera = drawCamera(features.values, random);
    GenerationRequest request = emptyRequest(truth.frameCount(), seed, question.quality);
    ViewRequest view;
    view.span = request.span;
    for (std::int64_t f = 0; f < truth.frameCount(); ++f) {
      view.frames.push_back(seenBy(camera, viewPointsOf(forwardKinematics(*truth.skeleton, truth.pose(f)))));
    }
    request.views.push_back(std::move(view));
    request.estimate = true;
    auto made = model.perform(request, stop);
    if (!made) return made.error();
    record.before.push_back(alignedViewDistance(made->before, truth));
    record.after.push_back(alignedViewDistance(made->after, truth));
  }
  return jsonFrom(record);
}

Result<nlohmann::json> measureBeat(const EvaluationQuestion& question, const EvaluationStretch& item, double tempo,
                                   ModelUnderTest& model, std::stop_token stop) {
  BeatRecord record;
  record.clip = item.clip;
  for (const std::uint64_t seed : question.manifest->constraintSeeds) {
    GenerationRequest request = emptyRequest(kBeatFrames, seed, question.quality);
    request.texts.push_back({request.span, item.textC, BodyPart::Whole, {}});
    CounterRandom random(seed, std::uint64_t(item.frames.start), 0x70686173);
    Beat beat;
    beat.period = 60 * kEngineRate.fps() / tempo;
    beat.first = random.uniform() * beat.period;
    RhythmRequest rhythm;
    rhythm.span = request.span;
    rhythm.beatsPerMinute = tempo;
    rhythm.firstBeat = ticksFromSeconds(beat.first / kEngineRate.fps());
    request.rhythms.push_back(rhythm);
    auto made = model.perform(request, stop);
    if (!made) return made.error();
    record.before.push_back(beatGain(made->before, beat, kShifts, seed));
    record.after.push_back(beatGain(made->after, beat, kShifts, seed));
  }
  return jsonFrom(record);
}

}  // namespace kinescore
