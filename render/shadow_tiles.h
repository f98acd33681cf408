// Soft shadows on the floor, one small tile of an atlas per figure. A tile is drawn again only when
// its figure has moved: ghosts cost nothing while they stand.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "render/figure_mesh.h"
#include "render/pipelines.h"

namespace kinescore::render {

/// Most figures with a shadow; the others go without.
constexpr int kShadowTiles = 8;

class ShadowTiles {
 public:
  static Result<ShadowTiles> create(Device& device);

  /// The tile's place on the floor for a pose: x, z of its middle and half its side, metres.
  [[nodiscard]] static glm::vec3 areaFor(const WorldPose& pose, const glm::vec3& keyLight);

  struct Sets {
    VkDescriptorSet sourceRaw;   // binding 3 reads the raw tiles
    VkDescriptorSet sourceWork;  // binding 3 reads the half blurred ones
  };
  /// Draws the tiles of the first kShadowTiles figures whose data changed since they were drawn.
  void record(VkCommandBuffer commands, const Pipelines& pipelines, const FigureMesh& mesh,
              std::span<const gpu::FigureData> figures, const Sets& sets);

  /// DrawConstants::area for decal.frag.
  [[nodiscard]] static glm::vec4 decalArea(int tile);

  [[nodiscard]] VkImageView raw() const { return raw_.view.get(); }
  [[nodiscard]] VkImageView work() const { return work_.view.get(); }
  [[nodiscard]] VkImageView blurred() const { return blurred_.view.get(); }

 private:
  void drawRaw(VkCommandBuffer commands, const Pipelines& pipelines, const FigureMesh& mesh,
               std::span<const int> dirty, VkDescriptorSet set);
  void blur(VkCommandBuffer commands, const Pipelines& pipelines, std::span<const int> dirty,
            const Texture& to, glm::vec2 step, VkDescriptorSet set);

  Texture raw_;
  Texture work_;
  Texture blurred_;
  bool fresh_ = true;
  std::array<std::uint64_t, kShadowTiles> drawn_{};  // fingerprint of what each tile shows
};

}  // namespace kinescore::render
