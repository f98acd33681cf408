// From a request to windows of frames, and from a window to what the network is told.
//
//   frames   0 ............................................................ end
//   window 0 |-------------- 192 --------------|
//   window 1                  |ctx 32|---------------- 192 --------------|
//                             clean, from window 0; what window 0 made after it only let it
//                             look ahead, and is made again
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/generation/denoiser.h"
#include "engine/generation/prompt_tokens.h"
#include "engine/request/request.h"

namespace kinescore {

/// A window looks at least this far beyond what is kept of it, so that a key just behind a join
/// does not come as a surprise.
constexpr int kLookAheadFrames = 16;

struct WindowPlan {
  FrameRange made;                   // frames to make; all others are copied
  std::vector<FrameRange> windows;   // in order; lengths are multiples of kPatchFrames and at most
                                     // kWindowFrames; the last may reach one frame beyond the end
  /// Frames before this are clean in window `i`: made by the windows before.
  [[nodiscard]] std::int64_t knownUntil(std::size_t i) const {
    return i == 0 ? made.start : windows[i].start + kContextFrames;
  }
};

/// Windows start at multiples of the patch and lie evenly. With a range, they also cover up to
/// kContextFrames known frames on both sides of it.
[[nodiscard]] WindowPlan planWindows(std::int64_t frameCount, const std::optional<FrameRange>& range);

/// Where the performance begins when no frame before it is known: on the path and along it, else
/// where the opening pose key stands, else (with a base) where the base began, else the origin.
[[nodiscard]] WindowSpace openingSpaceOf(const GenerationRequest& request);

/// What a camera saw at a time, between two of its frames; nothing outside of what it saw.
[[nodiscard]] std::optional<BodySight> sightAt(const ViewRequest& view, Ticks time);

/// A reference clip as the network sees it, and when it is shown.
struct PlacedReference {
  TimeRange span;
  ReferenceTokens tokens;
  bool isDraft = false;  // the author's own: followed frame by frame from the span's start on
};

/// Knows a request and gives each window its conditions, moved into the window's own space.
class WindowComposer {
 public:
  /// Encodes every prompt once. `request` and `statistics` must outlive the composer.
  [[nodiscard]] static Result<WindowComposer> prepare(const GenerationRequest& request,
                                                      const FeatureStatistics& statistics,
                                                      const PromptEncoder& encodePrompt,
                                                      std::vector<PlacedReference> references);

  /// See openingSpaceOf.
  [[nodiscard]] WindowSpace openingSpace() const { return openingSpaceOf(*request_); }

  /// `worldFeatures` [frameCount][273] holds what is known so far: the base outside the range, and
  /// frames before `knownUntil`. A frame that is known whole carries no other constraint.
  [[nodiscard]] WindowConditions compose(FrameRange window, const WindowSpace& space,
                                         std::span<const float> worldFeatures, std::int64_t knownUntil) const;

  [[nodiscard]] bool isKnown(std::int64_t frame, std::int64_t knownUntil) const;

 private:
  struct Prompt {
    TextRequest request;
    PromptTokens tokens;
    std::vector<Side> sides;
  };
  WindowComposer(const GenerationRequest& request, const FeatureStatistics& statistics)
      : request_(&request), statistics_(&statistics), frameCount_(request.frameCount()) {}

  void addTexts(FrameRange window, WindowConditions& conditions) const;
  void addReferences(FrameRange window, WindowConditions& conditions) const;
  static void addDraft(FrameRange window, const PlacedReference& draft, WindowConditions& conditions);
  void addRhythms(FrameRange window, WindowConditions& conditions) const;
  void addViews(FrameRange window, WindowConditions& conditions) const;
  void addPoses(FrameRange window, const WindowSpace& space, WindowConditions& conditions) const;
  void addTargets(FrameRange window, const WindowSpace& space, WindowConditions& conditions) const;
  void addPaths(FrameRange window, const WindowSpace& space, WindowConditions& conditions) const;
  void addContacts(FrameRange window, const WindowSpace& space, WindowConditions& conditions) const;

  const GenerationRequest* request_;
  const FeatureStatistics* statistics_;
  std::int64_t frameCount_;
  std::vector<Prompt> prompts_;
  std::optional<Prompt> avoided_;  // SamplingWishes::avoid
  std::vector<PlacedReference> references_;
};

/// Prompts for a part of the body name it: "left arm: wave".
[[nodiscard]] std::string promptText(const TextRequest& text);

}  // namespace kinescore
