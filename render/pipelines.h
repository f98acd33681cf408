// The fixed part of drawing: shaders, vertex layouts, blending, and the one layout they all share.
#pragma once

#include "render/device.h"

namespace kinescore::render {

/// What main-pass pipelines draw into.
struct TargetFormat {
  VkFormat colour = VK_FORMAT_R8G8B8A8_UNORM;
  VkFormat depth = VK_FORMAT_D32_SFLOAT;
  VkSampleCountFlagBits samples = VK_SAMPLE_COUNT_1_BIT;
};

constexpr VkFormat kShadowFormat = VK_FORMAT_R8_UNORM;

struct Pipelines {
  Owned<VkDescriptorSetLayout> setLayout;
  Owned<VkPipelineLayout> layout;
  Owned<VkPipeline> backdrop;
  Owned<VkPipeline> shadow;      ///< figure into its raw shadow tile, the darkest stays
  Owned<VkPipeline> blur;        ///< one direction, tile to tile
  Owned<VkPipeline> decal;       ///< shadow tile onto the floor
  Owned<VkPipeline> figure;
  Owned<VkPipeline> ghostDepth;  ///< nearest layer of a ghost, depth only
  Owned<VkPipeline> ghost;       ///< that layer's colour
  Owned<VkPipeline> floorStroke;
  Owned<VkPipeline> worldStroke;
  Owned<VkPipeline> overlay;

  static Result<Pipelines> create(Device& device, const TargetFormat& format);
};

}  // namespace kinescore::render
