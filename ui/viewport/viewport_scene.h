// What the view shows, kept in the window's words and turned into a render::Scene on demand.
#pragma once

#include <optional>
#include <vector>

#include <QHash>

#include "render/scene.h"
#include "render/strokes.h"
#include "ui/viewport/overlay_painter.h"
#include "ui/viewport/view_labels.h"
#include "ui/viewport/viewport_window.h"

namespace kinescore {

class ViewportScene {
 public:
  ViewportScene();

  WorldPose pose;
  ViewportContacts contacts{};
  std::vector<ViewportGhost> ghosts;
  std::optional<ViewportCompared> compared;
  std::vector<ViewportOnion> onion;
  FigureLook look = FigureLook::Mesh;
  std::vector<glm::vec3> path;
  std::vector<glm::vec3> pathKeys;
  std::vector<glm::vec3> trail;
  HudText hud;
  bool hasHud = false;
  QString hint;
  bool contactColours = true;
  bool ghostsVisible = true;
  bool trailVisible = true;

  /// `size` in logical pixels.
  [[nodiscard]] render::Scene build(const render::Camera& camera, QSizeF size, qreal pixelRatio);

  /// The ghost under a pixel, the nearest one; nothing on empty floor.
  [[nodiscard]] std::optional<int> ghostAt(const render::Camera& camera, QPointF pixel, QSizeF size) const;
  /// Everything of the figure the camera should hold.
  [[nodiscard]] std::vector<glm::vec3> figureBounds() const;

 private:
  void addFigures(render::Scene& scene) const;
  /// A line for each bone; those of the left and of the right side have colours of their own.
  void addBones(render::Scene& scene) const;
  void addLines(render::Scene& scene) const;
  void addOverlays(render::Scene& scene, QSizeF size);
  [[nodiscard]] OverlayImage labelImage(const QString& words, const QColor& colour, LabelSign sign);
  [[nodiscard]] static std::vector<ViewBox> takenBoxes(const render::Scene& scene, glm::vec2 target);
  void addLabels(render::Scene& scene, QSizeF size);
  void dropImagesOfOtherRatio(qreal pixelRatio);

  // Pictures are painted when their words change, not at every frame.
  qreal paintedRatio_ = 0.0;
  HudText paintedHud_;
  OverlayImage hudImage_;
  QString paintedHint_;
  OverlayImage hintImage_;
  QString paintedScale_;
  OverlayImage scaleImage_;
  QHash<QString, OverlayImage> labelImages_;
};

}  // namespace kinescore
