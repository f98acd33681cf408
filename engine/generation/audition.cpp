#include "engine/generation/audition.h"

#include <algorithm>

namespace kinescore {
namespace {

constexpr std::int64_t kShortestHeard = 15;  // frames

struct HeardText {
  FrameRange frames;
  std::vector<float> meaning;
};

/// What is made of a window: all but the known frames at its ends.
FrameRange madeFrames(const WindowConditions& conditions) {
  FrameRange made{0, conditions.frames};
  while (made.start < made.end && conditions.knownMask[made.start] > 0) ++made.start;
  while (made.start < made.end && conditions.knownMask[made.end - 1] > 0) --made.end;
  return made;
}

NamedSides sidesOf(const TextTokens& text) {
  NamedSides sides;
  for (const Side side : text.sides) {
    sides.left |= side == Side::Left || side == Side::Both;
    sides.right |= side == Side::Right || side == Side::Both;
  }
  return sides;
}

}  // namespace

Judge judgeByTexts(const RetrievalTower& tower, const WindowConditions& conditions, const FeatureStatistics& statistics) {
  const FrameRange made = madeFrames(conditions);
  std::vector<HeardText> texts;
  for (const TextTokens& text : conditions.texts) {
    const FrameRange frames{std::max<std::int64_t>(text.startFrame, made.start), std::min<std::int64_t>(text.endFrame, made.end)};
    if (text.part != BodyPart::Whole || frames.length() < kShortestHeard || text.sentence.empty()) continue;
    texts.push_back({frames, tower.ofText(text.sentence, sidesOf(text))});
  }
  if (texts.empty()) return {};
  return [&tower, &statistics, texts = std::move(texts)](std::span<const float> clean) {
    std::vector<float> values(clean.begin(), clean.end());
    statistics.denormalise(values);
    const Motion motion = motionFromFeatures(values);
    double score = 0;
    for (const HeardText& text : texts) {
      const std::vector<float> shown = tower.ofMotion(motion, text.frames);
      double likeness = 0;
      for (std::size_t i = 0; i < shown.size(); ++i) likeness += double(shown[i]) * text.meaning[i];
      score += likeness * double(text.frames.length());
    }
    return score;
  };
}

}  // namespace kinescore
