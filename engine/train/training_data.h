// What the trainer draws from: features of every train clip and of its mirror image, with captions,
// and the rule by which crops are chosen.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/core/random.h"
#include "engine/generation/features.h"
#include "engine/library/library.h"
#include "engine/train/caption_texts.h"

namespace kinescore {

struct TrainCaption {
  FrameRange frames;         // of the clip
  std::array<int, 3> texts;  // numbers in CaptionTexts: short, sentence, other sentence
  int action = 0;
};

struct TrainClip {
  MotionFeatures features;   // world space
  std::vector<TrainCaption> captions;
  ClipQuality quality = ClipQuality::Clean;
  bool flatFloor = true;
  bool mirrored = false;
  int subject = 0;
  int source = 0;            // clip of the library
};

/// One crop before any conditions: [frames][273] in window space, not normalised.
struct Crop {
  const TrainClip* clip = nullptr;
  std::int64_t start = 0;
  int frames = 0;            // even, at most what was asked for
  int mainCaption = -1;      // the one the crop was chosen for
  std::vector<float> values;
};

class TrainingData {
 public:
  /// Clips of one split, each with its mirror image; clips shorter than 16 frames are left out.
  [[nodiscard]] static Result<TrainingData> build(const Library& library, Split split, bool withMirrors,
                                                  const SentenceEncoder& encoder);

  [[nodiscard]] const std::vector<TrainClip>& clips() const { return clips_; }
  [[nodiscard]] const CaptionTexts& texts() const { return texts_; }
  [[nodiscard]] double minutes() const;
  [[nodiscard]] const std::vector<std::string>& actions() const { return actions_; }
  /// Of ids, frames and captions; a checkpoint goes on only with the same data.
  [[nodiscard]] const std::string& hash() const { return hash_; }

  /// A crop of at most `frames` frames: an action by the square root of its minutes, a segment of it by
  /// its length (at most 20 s), then 60 % from the segment's start and 40 % anywhere over it. The
  /// window's space is that of the first frame; in 20 % of the crops origin and facing are jittered.
  [[nodiscard]] Crop draw(CounterRandom& random, int frames, bool jitter = true) const;
  /// A crop at a given place of a clip.
  [[nodiscard]] Crop cropAt(int clip, std::int64_t start, int frames) const;
  /// Captions that cover at least 6 frames of a crop, in its frames, with one of their wordings.
  [[nodiscard]] std::vector<TextTokens> textsOf(const Crop& crop, CounterRandom& random) const;
  /// Another clip with the same action (never the same source or subject with the same text);
  /// -1 where there is none.
  [[nodiscard]] int drawReference(CounterRandom& random, const Crop& crop, FrameRange& frames) const;

 private:
  struct Segment {
    int clip, caption;
    double weight;  // running sum within its action
  };
  void buildWeights();

  std::vector<TrainClip> clips_;
  CaptionTexts texts_;
  std::vector<std::string> actions_;
  std::vector<std::vector<Segment>> segments_;  // by action
  std::vector<double> actionSums_;              // running sum
  std::string hash_;
};

}  // namespace kinescore
