// Folders in the manner of HumanML3D: a text file of captions a clip, and the clip as joint positions
// or as that data set's own features. The layout is public knowledge; the data is the user's.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <glm/vec3.hpp>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

constexpr FrameRate kHumanMl3dRate{20, 1};

/// One line "caption#word/TAG word/TAG …#start#end". Both times 0: the whole clip.
struct CaptionLine {
  std::string text;
  std::string verb;  // the first word tagged VERB; empty when none is
  double startSeconds = 0, endSeconds = 0;
  [[nodiscard]] bool isOfWholeClip() const { return endSeconds <= 0; }
};
[[nodiscard]] Result<std::vector<CaptionLine>> readCaptionLines(std::string_view bytes, std::string_view fileName);

/// Joints of the SMPL body in its order (that of kinescore22): metres, +Y up, at kHumanMl3dRate.
using JointPositions = std::vector<std::array<glm::vec3, kJointCount22>>;

/// A .npy of [frames][22][3] or [frames][66] positions, or [frames][263] features.
[[nodiscard]] Result<JointPositions> readJointPositions(std::string_view bytes, std::string_view fileName);

}  // namespace kinescore
