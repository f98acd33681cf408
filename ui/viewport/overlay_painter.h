// Words in the view: drawn by Qt into pictures, laid over the scene by the renderer.
#pragma once

#include <memory>

#include <QColor>
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
/// What stands before the words of a label: the disc of a pose, the diamond of a target, the square of a take.
enum class LabelSign { Pose, Target, Take };
/// A pill with a sign in its colour: the name of a ghost or of a take. Without words a target's diamond alone.
[[nodiscard]] OverlayImage paintLabel(const QString& text, const QColor& colour, LabelSign sign, qreal pixelRatio);
/// Plain small text, for the scale bar.
[[nodiscard]] OverlayImage paintCaption(const QString& text, qreal pixelRatio);
/// A sentence in a quiet pill, for hints.
[[nodiscard]] OverlayImage paintHint(const QString& text, qreal pixelRatio);

}  // namespace kinescore
