// Words in the view: drawn by Qt into pictures, laid over the scene by the renderer.
#pragma once

#include <memory>

#include <QString>

#include "render/image.h"

namespace kinescore {

struct HudText {
  qint64 frame = 0;
  qint64 frames = 0;
  QString timecode;
  QString line;

  bool operator==(const HudText&) const = default;
};

using OverlayImage = std::shared_ptr<const render::Image>;

/// Frame number large, frames and timecode small, one free line.
[[nodiscard]] OverlayImage paintHud(const HudText& text, qreal pixelRatio);
/// A pill with a dot in the colour of poses: the name of a ghost.
[[nodiscard]] OverlayImage paintPoseLabel(const QString& text, qreal pixelRatio);
/// Plain small text, for the scale bar.
[[nodiscard]] OverlayImage paintCaption(const QString& text, qreal pixelRatio);
/// A sentence in a quiet pill, for hints.
[[nodiscard]] OverlayImage paintHint(const QString& text, qreal pixelRatio);

}  // namespace kinescore
