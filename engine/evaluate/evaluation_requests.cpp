#include "engine/evaluate/evaluation_requests.h"

#include <algorithm>

#include "engine/generation/features.h"

namespace kinescore {
namespace {
constexpr std::int64_t kShortestTextOverlap = 10;
}  // namespace

GenerationRequest emptyRequest(std::int64_t frames, std::uint64_t seed, Quality quality) {
  GenerationRequest request;
  request.span = {{0}, ticksOfFrame(frames, kEngineRate)};
  request.seed = seed;
  request.quality = quality;
  request.automaticReferences = 0;
  return request;
}

GenerationRequest stretchRequest(const EvaluationStretch& stretch, std::uint64_t seed, Quality quality, bool withReferences) {
  GenerationRequest request = emptyRequest(stretch.frames.length(), seed, quality);
  request.texts.push_back({request.span, stretch.textC, BodyPart::Whole, {}});
  request.automaticReferences = withReferences ? kUsualReferences : 0;
  return request;
}

void addCaptions(const LibraryClip& clip, const FrameRange& frames, GenerationRequest& request) {
  for (const Caption& caption : clip.captions) {
    const std::int64_t start = std::max(caption.frames.start, frames.start) - frames.start;
    const std::int64_t end = std::min(caption.frames.end, frames.end) - frames.start;
    if (end - start < kShortestTextOverlap) continue;
    const TimeRange span{ticksOfFrame(start, kEngineRate), ticksOfFrame(end, kEngineRate)};
    request.texts.push_back({span, caption.textC.empty() ? caption.textA : caption.textC, BodyPart::Whole, {}});
  }
}

Motion fromOrigin(Motion motion) {
  const MotionFeatures features = featuresFromMotion(motion);
  const WindowSpace space = spaceOfFrame(std::span(features.values).first(kFeatureCount));
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    motion.rootPositions[f] = space.windowFromWorld(motion.rootPositions[f]);
    motion.rotation(f, kHips) = glm::normalize(space.windowFromWorldTurn() * motion.rotation(f, kHips));
  }
  return motion;
}

}  // namespace kinescore
