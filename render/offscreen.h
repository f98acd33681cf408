// Pictures without a window: tests, thumbnails, contact sheets, `kinescore render`.
#pragma once

#include <memory>
#include <string>

#include "engine/core/result.h"
#include "render/image.h"
#include "render/scene.h"

namespace kinescore::render {

struct OffscreenOptions {
  int samples = 4;          ///< 1 or 4 samples a pixel
  bool validation = false;  ///< the Khronos layer, when installed
};

/// Keeps its device and its buffers between pictures. One thread uses it.
class OffscreenRenderer {
 public:
  static Result<std::unique_ptr<OffscreenRenderer>> create(const OffscreenOptions& options = {});
  ~OffscreenRenderer();

  Result<Image> render(const Scene& scene, int width, int height);

  [[nodiscard]] std::string deviceName() const;
  [[nodiscard]] bool isValidating() const;
  [[nodiscard]] int validationMessages() const;

 private:
  class Private;
  explicit OffscreenRenderer(std::unique_ptr<Private> d);
  std::unique_ptr<Private> d_;
};

/// The scene the pictures of poses use: one figure framed from a little above, grid, no writing.
[[nodiscard]] Scene poseScene(const WorldPose& pose, float aspect);

/// One pose as a picture, with a device opened for it. Many pictures: keep an OffscreenRenderer.
Result<Image> renderPose(const WorldPose& pose, int width, int height);

}  // namespace kinescore::render
