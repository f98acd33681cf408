// What the trainer draws from: features of every train clip and of its mirror image, with captions,
// and the rule by which crops are chosen.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/random.h"
#include "engine/generation/features.h"
#include "engine/library/library.h"
#include "engine/library/reference_search.h"
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

/// A part of a clip shown as a reference.
struct ShownMoment {
  int clip = 0;  // of TrainingData::clips()
  FrameRange frames;
};

/// One crop before any conditions: [frames][273] in window space, not normalised.
struct Crop {
  const TrainClip* clip = nullptr;
  std::int64_t start = 0;
  int frames = 0;            // even, at most what was asked for
  int mainCaption = -1;      // the one the crop was chosen for
  double pace = 1;           // frames of the clip for one of the crop
  std::vector<float> values;
  // Where the upper body is another clip's.
  const TrainClip* upperClip = nullptr;
  std::int64_t upperStart = 0;

  /// Frames of the clip in the crop's; may reach outside it.
  [[nodiscard]] FrameRange ownFrames(const FrameRange& ofClip) const;
};

class TrainingData {
 public:
  /// Clips of one split, each with its mirror image; clips shorter than 16 frames are left out. Not balanced:
  /// crops are drawn by length alone, whatever the action or subject.
  [[nodiscard]] static Result<TrainingData> build(const Library& library, Split split, bool withMirrors,
                                                  const SentenceEncoder& encoder, bool balanced = true);

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
  /// As above, at a pace of its own in most cases and with the upper body of another clip in some.
  [[nodiscard]] Crop drawChanged(CounterRandom& random, int frames) const;
  /// A crop at a given place of a clip.
  [[nodiscard]] Crop cropAt(int clip, std::int64_t start, int frames) const;
  /// Captions that cover at least 6 frames of a crop, in its frames, with one of their wordings. A
  /// share of `borrowed` is said in the words of a moment that was captioned nearly the same.
  [[nodiscard]] std::vector<TextTokens> textsOf(const Crop& crop, CounterRandom& random, double borrowed = 0) const;
  /// One of the eight moments of other clips whose captions come nearest to this one's, the nearer
  /// the likelier; never the clip itself, its mirror image, the same subject doing what the same
  /// words describe, or the other half of a couple. Nothing where there is none.
  [[nodiscard]] std::optional<ShownMoment> drawReference(CounterRandom& random, int clip, int caption) const;
  /// A moment of any clip but this one (-1: of any).
  [[nodiscard]] std::optional<ShownMoment> drawWrongReference(CounterRandom& random, int clip) const;
  /// The best moment for a caption of other data (validation): every clip may be shown.
  [[nodiscard]] std::optional<ShownMoment> bestReference(const TrainingData& asking, int clip, int caption) const;

 private:
  struct Segment {
    int clip, caption;
    double weight;  // running sum within its action
  };
  /// What the three wordings of a caption say together.
  struct Meaning {
    std::vector<float> vector;
    NamedSides sides;
  };
  struct Neighbour {
    ShownMoment moment;
    int caption;
    float score;
  };
  [[nodiscard]] Crop drawUnplaced(CounterRandom& random, int frames) const;
  static void jitterSpace(CounterRandom& random, Crop& crop);
  void addTexts(const Crop& crop, double borrowed, CounterRandom& random, std::vector<TextTokens>& result) const;
  void buildWeights(bool balanced);
  void findNeighbours(const Library& library);
  [[nodiscard]] ShownMoment momentOf(const ReferenceMatch& match, bool askerIsMirrored, int& caption) const;
  [[nodiscard]] ReferenceQuery queryOf(int clip, int caption) const;

  std::vector<TrainClip> clips_;
  CaptionTexts texts_;
  std::vector<std::string> actions_;
  std::vector<std::vector<Segment>> segments_;  // by action
  std::vector<double> actionSums_;              // running sum
  std::vector<std::vector<Meaning>> meanings_;  // [clip][caption]
  std::vector<int> mirrorOf_;                   // clip, -1 without mirror images
  std::optional<ReferenceSearch> search_;       // over clips that are not mirrored
  std::vector<std::vector<std::vector<Neighbour>>> neighbours_;  // [clip][caption], at most 8
  std::string hash_;
};

}  // namespace kinescore
