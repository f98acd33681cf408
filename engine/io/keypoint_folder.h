// Points of a body that a detector found in video: a folder of OpenPose 1.3 JSON files, a frame each, in the order
// of their names.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/body_sight.h"

namespace kinescore {

/// Which body model the points are of. COCO-17 and BODY_25B begin with the 17 points of COCO in its order; COCO-18
/// and BODY_25 are OpenPose's own orders.
enum class KeypointOrder { Coco17, Coco18, Body25, Body25B };
[[nodiscard]] std::optional<KeypointOrder> keypointOrderNamed(std::string_view name);  // "coco17", "coco18", "body25", "body25b"

struct PixelCamera {
  double width = 1920, height = 1080;  // pixels
  double focal = 0;                    // pixels; 0: 1.2 times the longer side, about that of a phone
};

/// One sight a file. Of several people the one nearest to where the one of the frame before stood; in the first
/// frame the largest. A frame with nobody is a sight of nothing. Points of confidence 0, or outside the image by more
/// than half of it, count as not seen.
[[nodiscard]] Result<std::vector<BodySight>> readKeypointFolder(const std::filesystem::path& folder, KeypointOrder order,
                                                                const PixelCamera& camera);

}  // namespace kinescore
