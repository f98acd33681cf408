// Acclaim motion capture: ASF (the actor's skeleton) and AMC (a trial's joint angles).
//
// An angle triple turns about X, then Y, then Z (M = Rz·Ry·Rx); a bone's axis C is made the same
// way; G(bone) = G(parent)·C·M·Cᵀ, and a bone's end is its start + G(bone)·direction·length. So a
// joint here is where its bone *starts*, and its offset is the parent's bone.
#pragma once

#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

struct AsfSkeleton {
  std::shared_ptr<const Skeleton> skeleton;  // metres; joint 0 is "root"
  std::vector<glm::quat> axes;               // [joints], C
  std::vector<std::vector<int>> freedoms;    // [joints], 0–2 translation, 3–5 rotation about X, Y, Z
};

/// CMU's lengths are inches divided by the file's own `length` unit.
constexpr double kAsfMetresPerInch = 0.0254;

/// `metresPerUnit` 0: from the file's `length` line, which counts inches.
[[nodiscard]] Result<AsfSkeleton> readAsf(std::string_view bytes, std::string_view fileName,
                                          double metresPerUnit = 0);

/// The rate comes from a `# fps N` comment, else it is `fallbackRate`.
[[nodiscard]] Result<Motion> readAmc(std::string_view bytes, std::string_view fileName,
                                     const AsfSkeleton& asf, double metresPerUnit,
                                     FrameRate fallbackRate = {120, 1});

/// The skeleton file that the AMC's first line names, empty when it names none.
[[nodiscard]] std::string_view asfNameInAmc(std::string_view bytes);

}  // namespace kinescore
