// Draws a Scene with Vulkan into any colour image. Knows nothing of windows.
#pragma once

#include <array>
#include <memory>

#include "render/figure_mesh.h"
#include "render/frame_arena.h"
#include "render/overlay_atlas.h"
#include "render/pipelines.h"
#include "render/scene.h"
#include "render/shadow_tiles.h"
#include "render/strokes.h"

namespace kinescore::render {

/// Frames the processor may be ahead of the device.
constexpr int kFramesInFlight = 2;

class Renderer {
 public:
  struct Target {
    VkImage image = VK_NULL_HANDLE;
    VkImageView view = VK_NULL_HANDLE;
    VkExtent2D extent{};
    Access before;  ///< who used the image last (the layout is thrown away)
    Access after;   ///< who uses it next
  };

  /// `samples`: 1 or 4; what the device cannot do becomes 1.
  static Result<std::unique_ptr<Renderer>> create(std::shared_ptr<Device> device, VkFormat colour,
                                                  int samples);
  ~Renderer();

  /// Records one frame. `slot` < kFramesInFlight; the device must be done with the slot's last use.
  Status record(VkCommandBuffer commands, int slot, const Scene& scene, const Target& target);

  [[nodiscard]] Device& device() { return *device_; }

 private:
  struct Slot {
    FrameArena arena;
    std::optional<OverlayAtlas> atlas;
    VkDescriptorSet setRaw = VK_NULL_HANDLE;
    VkDescriptorSet setWork = VK_NULL_HANDLE;
  };
  /// Where the frame's data lie in the slot's arena.
  struct Frame {
    float height = 0.0f;  // of the target, pixels
    StrokeLists strokes;
    std::vector<gpu::FigureData> figures;
    std::vector<gpu::OverlayQuad> overlays;
    VkDeviceSize uniformsAt = 0, figuresAt = 0, floorAt = 0, worldAt = 0, screenAt = 0, overlaysAt = 0;
    std::vector<std::size_t> ghostOrder;  // far to near
  };

  Renderer() = default;
  Status makeDescriptors();
  Status ensureTargets(VkExtent2D extent);
  Status prepare(VkCommandBuffer commands, Slot& slot, const Scene& scene, VkExtent2D extent, Frame& frame);
  void writeSet(const Slot& slot, const Frame& frame, VkDescriptorSet set, VkImageView source) const;
  void recordMainPass(VkCommandBuffer commands, const Slot& slot, const Scene& scene, const Frame& frame,
                      const Target& target);
  void drawShadows(VkCommandBuffer commands, const Frame& frame) const;
  void drawFigures(VkCommandBuffer commands, const Scene& scene, const Frame& frame) const;
  void drawStrokes(VkCommandBuffer commands, const Slot& slot, VkPipeline pipeline, VkDeviceSize at,
                   std::size_t count) const;
  void drawOverlays(VkCommandBuffer commands, const Slot& slot, const Frame& frame) const;

  std::shared_ptr<Device> device_;  // first: everything below lives on it
  TargetFormat format_;
  Pipelines pipelines_;
  FigureMesh mesh_;
  std::optional<ShadowTiles> shadows_;
  Owned<VkSampler> nearest_;
  Owned<VkSampler> linear_;
  Owned<VkDescriptorPool> descriptors_;
  std::array<Slot, kFramesInFlight> slots_;
  Texture depth_;
  Texture multisampled_;
};

}  // namespace kinescore::render
