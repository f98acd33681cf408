// From what the author arranged to what GEM is asked. GEM hears whole-body texts, each on its own
// frames, music and speech, and sees keypoints in a box with the turning of the camera; what it has
// no input for is met after it or left out with a sentence.
//
// Frames are the engine's, 30 a second, which are GEM's own. Views are given in units of the focal
// length, so a camera of kViewFocal pixels with its axis at (0, 0) is assumed: box and keypoints do
// not depend on it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/network/gem/conditions.h"
#include "engine/network/gem/config.h"
#include "engine/network/gem/sound_frames.h"
#include "engine/request/take.h"

namespace kinescore::gem {

struct HeardText {
  std::string prompt;
  FrameRange frames;  // of the performance
};

/// How a request is answered.
struct HeardScore {
  GenerationRequest request;  // without what GEM neither hears nor meets afterwards
  std::vector<ReportLine> notes;
  std::vector<HeardText> texts;
  FrameRange window;        // the frames that the network is asked about
  bool isEstimate = false;  // one look in place of sampling
};

/// What GEM makes of a request. `textProblem`: not empty where texts cannot be read, and why (one
/// sentence). An error when nothing is left to be followed: that sentence, or what else stands
/// against it.
[[nodiscard]] Result<HeardScore> heardScore(const GenerationRequest& request, Wiring wiring,
                                            bool hasSound, const std::string& textProblem);

/// Frames around a range that the network sees of the base on either side; its own attention's
/// window.
constexpr std::int64_t kSeenAround = 120;

constexpr float kViewFocal = 1000;
/// The points of a sight in pixels, and the rotation R_w2c[t+1] · R_w2c[t]ᵀ of its camera.
[[nodiscard]] Keypoints keypointsOf(const BodySight& sight);
[[nodiscard]] SixD cameraVelocityOf(const BodySight& sight);
/// A box around the seen points as the published preparation makes one of a detector's: wider than
/// the points themselves, of the shape 192 : 256, a fifth larger. Nothing where no point is seen.
[[nodiscard]] std::optional<PersonBox> boxAround(const Keypoints& points);

/// The features of a prompt, kTextTokens × kTextChannels; asked for the texts of the score.
using FeaturesOfPrompt = std::function<TextFeatures(const std::string& prompt)>;

/// The conditions of the score's window.
[[nodiscard]] ClipConditions conditionsOf(const HeardScore& score, const SoundFrames& sound,
                                          const FeaturesOfPrompt& features);

}  // namespace kinescore::gem
