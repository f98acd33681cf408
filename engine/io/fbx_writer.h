// A motion as a binary FBX 7.4 file that animation programs open without questions: limb nodes
// under one scene root, rest pose as the nodes' defaults and as bind pose, one take with a key on
// every frame.
#pragma once

#include <string>

#include "engine/core/result.h"
#include "engine/motion/motion.h"

namespace kinescore {

struct FbxWriteOptions {
  FrameRate rate{30, 1};    // keys are set at this rate, poses come from evaluate()
  bool centimeters = true;  // false: metres; the file states the unit either way
  std::string takeName = "Take 001";
  bool endJoints = false;  // an extra limb node at the tip of each chain, named "<joint>_End"
};

/// The bytes of the file. The same motion and options give the same bytes.
/// The root joint hangs under a null named "Reference" at the origin, so that its travel survives
/// in programs that take the topmost node for the root.
[[nodiscard]] Result<std::string> writeFbx(const Motion& motion, const FbxWriteOptions& options);

}  // namespace kinescore
