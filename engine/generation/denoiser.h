// One window's conditions as arrays, and one call of the network on it, in spans of float: the
// planner and the samplers know no torch.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/generation/body_view.h"
#include "engine/generation/features.h"
#include "engine/generation/rhythm.h"
#include "engine/timeline/timeline.h"

namespace kinescore {

constexpr int kTextWidth = 384;
constexpr int kWindowFrames = 192;   // longest window
constexpr int kContextFrames = 32;   // clean frames taken over from the window before
constexpr int kDraftChannels = 66 + 132;  // heading-relative positions and rotations, as of a reference
constexpr int kPatchFrames = 2;      // frames a token; windows start at its multiples

enum class Side : int { None, Left, Right, Both };

/// One prompt as the network sees it.
struct TextTokens {
  int startFrame = 0, endFrame = 0;  // in window frames; may reach outside the window
  std::vector<float> tokens;         // [count][384], MiniLM last hidden state without padding
  std::vector<Side> sides;           // [count], left / right words
  std::vector<float> sentence;       // [384], pooled and normalised
  std::vector<float> strength;       // [frames of the window], 0…1; empty = 1
  bool isTimed = true;               // false: how far into it a frame lies is not told
  BodyPart part = BodyPart::Whole;   // see GuidanceBranch
};

/// A retrieved or placed clip: heading-relative positions and rotations without the root's path.
struct ReferenceTokens {
  int startFrame = 0, endFrame = kWindowFrames;  // window frames that look at it
  std::int64_t frames = 0;
  std::vector<float> values;  // [frames][66 + 132], normalised like the features
  float strength = 1;
};

/// Everything but the noisy input. Values are in the window's space; rows without a mask are zero.
struct WindowConditions {
  int frames = 0;  // T, a multiple of kPatchFrames, at most kWindowFrames

  std::vector<float> known;      // [T][273] normalised features of frames that are known whole
  std::vector<float> knownMask;  // [T]

  std::vector<float> jointPosition, jointMask;      // [T][22][3] metres, [T][22]
  std::vector<float> jointRotation, rotationMask;   // [T][22][6], [T][22]
  std::vector<float> path, pathMask;                // [T][2] smoothed root x, z; [T]
  std::vector<float> heading, headingMask;          // [T][2] cos, sin; [T]
  std::vector<float> height, heightMask;            // [T]
  std::vector<float> contact, contactMask;          // [T][4]

  // Masks are strengths, 0 … 1. Both are empty where nothing is heard or seen at all.
  std::vector<float> rhythm, rhythmMask;            // [T][kRhythmChannels], [T]
  std::vector<float> view, viewMask;                // [T][kViewChannels], [T]

  // The author's own rough motion, normalised like the features, to be followed frame by frame; empty where there
  // is none. The mask is how closely, 0 … 1.
  std::vector<float> draft, draftMask;              // [T][kDraftChannels], [T]

  std::vector<TextTokens> texts;
  std::vector<TextTokens> avoided;          // what the branch without texts sees in their place; 0 or 1
  std::vector<ReferenceTokens> references;  // 0…3
  int quality = 0;                          // ClipQuality

  /// All arrays zero, nothing known; nothing heard or seen.
  static WindowConditions empty(int frames);
};

/// Which conditions a branch sees; constraints are always kept. All: texts for the whole body. WithoutText: neither
/// texts nor references, or what is to be avoided. The others: the texts for that part of the body alone.
enum class GuidanceBranch { All, WithoutText, LeftArm, RightArm, Head, Spine, Legs };
constexpr std::size_t kBranchCount = 7;
[[nodiscard]] GuidanceBranch branchOf(BodyPart part);  // All for Whole
/// The part whose texts a branch sees.
[[nodiscard]] BodyPart partOf(GuidanceBranch branch);

class Denoiser {
 public:
  virtual ~Denoiser() = default;

  /// Takes over a window: uploads, and computes once what does not depend on the step.
  [[nodiscard]] virtual Status begin(const WindowConditions& conditions) = 0;
  /// Clean features (normalised, [T][273]) as the network sees them in `noisy` at this log-SNR, one
  /// output a branch. Branches run side by side; the bits do not depend on the thread count.
  [[nodiscard]] virtual Status denoise(std::span<const float> noisy, double logSnr,
                                       std::span<const GuidanceBranch> branches,
                                       std::span<const std::span<float>> outputs, std::stop_token stop) = 0;

  /// False: the network was not trained to look at references, and they are not searched for.
  [[nodiscard]] virtual bool seesReferences() const { return true; }
  /// True: the network was trained to follow a draft frame by frame.
  [[nodiscard]] virtual bool followsDrafts() const { return false; }
  /// False: the network takes neither rhythm nor view.
  [[nodiscard]] virtual bool hearsAndSees() const { return true; }
  [[nodiscard]] virtual const FeatureStatistics& statistics() const = 0;
  [[nodiscard]] virtual std::string modelHash() const = 0;
  [[nodiscard]] virtual std::string precisionPath() const = 0;
  [[nodiscard]] virtual std::string deviceName() const = 0;
};

}  // namespace kinescore
