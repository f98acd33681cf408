#include "ui/viewport/view_labels.h"

#include <algorithm>
#include <optional>

namespace kinescore {
namespace {

constexpr int kMostShifts = 12;

bool meet(const ViewBox& a, const ViewBox& b) {
  return a.low.x < b.high.x && b.low.x < a.high.x && a.low.y < b.high.y && b.low.y < a.high.y;
}

class Placer {
 public:
  Placer(glm::vec2 size, float gap, std::span<const ViewBox> taken) : size_(size), gap_(gap), taken_(taken.begin(), taken.end()) {}

  void take(glm::vec2 low, glm::vec2 extent) { taken_.push_back({low, low + extent}); }

  /// The nearest free place above or below; where there is none, the wanted one.
  ViewBox place(glm::vec2 bottomMiddle, glm::vec2 extent) {
    const glm::vec2 most = glm::max(size_ - extent - gap_, glm::vec2(gap_));
    const glm::vec2 wanted = glm::clamp(bottomMiddle - glm::vec2(extent.x / 2, extent.y), glm::vec2(gap_), most);
    ViewBox best{wanted, wanted + extent};
    for (int i = 0; i < kMostShifts; ++i) {
      const float shift = float((i + 1) / 2) * (extent.y + gap_) * (i % 2 == 1 ? -1.0f : 1.0f);
      const glm::vec2 low(wanted.x, wanted.y + shift);
      const ViewBox box{low, low + extent};
      const bool isInside = low.y >= gap_ && low.y <= most.y;
      if (isInside && std::none_of(taken_.begin(), taken_.end(), [&](const ViewBox& other) { return meet(box, other); })) {
        best = box;
        break;
      }
    }
    taken_.push_back(best);
    return best;
  }

 private:
  glm::vec2 size_;
  float gap_;
  std::vector<ViewBox> taken_;
};

}  // namespace

std::vector<render::Overlay> placeLabels(std::span<const ViewLabel> labels, const render::Camera& camera, glm::vec2 size,
                                         float gap, std::span<const ViewBox> taken) {
  std::vector<render::Overlay> placed;
  Placer placer(size, gap, taken);
  const auto placeAll = [&](bool marks) {
    for (const ViewLabel& label : labels) {
      if (label.isCentred != marks) continue;
      const std::optional<glm::vec2> pixel = camera.pixelOf(label.at, size);
      if (!pixel || pixel->x < 0 || pixel->x > size.x || pixel->y > size.y + float(label.image->height)) continue;
      const glm::vec2 extent(float(label.image->width), float(label.image->height));
      render::Overlay overlay;
      overlay.image = label.image;
      if (marks) {
        overlay.position = *pixel - extent / 2.0f;
        placer.take(overlay.position, extent);
      } else {
        overlay.position = placer.place(*pixel, extent).low;
      }
      placed.push_back(std::move(overlay));
    }
  };
  placeAll(true);
  placeAll(false);
  return placed;
}

}  // namespace kinescore
