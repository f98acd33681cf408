// How high feet swing. A network that averages over what it has seen drags its feet: toes of the
// first generated walks passed at half the height of captured ones.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/motion/motion.h"
#include "engine/solve/contact_runs.h"

namespace kinescore {

/// Heights that most captured feet exceed, metres; 0 where nothing is asked.
struct SwingHeights {
  std::vector<double> toe, ankle;  // [frames], of the joints
};

/// For one foot (0 left, 1 right) from its toe's runs on the floor and how fast it is between them.
/// A swing is a gap of at most 1.3 s; its heights depend on its phase and on its highest speed.
[[nodiscard]] SwingHeights swingHeights(const Motion& motion, const std::vector<ContactRun>& runs,
                                        int side);

}  // namespace kinescore
