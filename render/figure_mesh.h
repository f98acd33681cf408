// The mannequin's meshes on the device, fine and coarse in one buffer.
#pragma once

#include <memory>

#include "engine/character/mannequin.h"
#include "render/gpu_types.h"
#include "render/resources.h"

namespace kinescore::render {

struct FigureMesh {
  struct Part {
    std::shared_ptr<const Character> character;
    VkDeviceSize vertexOffset = 0;
    VkDeviceSize indexOffset = 0;
    std::uint32_t indexCount = 0;
  };

  Buffer buffer;
  Part fine;
  Part coarse;

  static Result<FigureMesh> create(Device& device);
  void bind(VkCommandBuffer commands, const Part& part) const;
};

/// The rows the vertex shader wants, of a pose of kinescore22.
void setJoints(const Character& character, const WorldPose& pose, gpu::FigureData& figure);

}  // namespace kinescore::render
