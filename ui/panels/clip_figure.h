// A clip as a picture: a shaded figure of capsules, seen from the side it moves along. Paints on any thread.
#pragma once

#include <QImage>
#include <QPainter>

#include "engine/motion/kinematics.h"

namespace kinescore {

/// How one clip, or a moment of it, is looked at: the same from its first frame to its last.
class ClipFigure {
 public:
  ClipFigure(const Motion& motion, FrameRange frames, bool mirror);

  /// Three moments side by side, later ones brighter.
  void paintMoments(QPainter& painter, const QRectF& in) const;
  /// The figure at a time from the start of the frames, in the middle.
  void paintAt(QPainter& painter, const QRectF& in, Ticks time) const;
  [[nodiscard]] Ticks length() const { return ticksOfFrame(frames_.length(), motion_.rate); }

 private:
  struct Tone;
  [[nodiscard]] WorldPose poseAt(Ticks time) const;
  [[nodiscard]] double scaleFor(const QRectF& in, double columns) const;
  void paint(QPainter& painter, const WorldPose& world, const QPointF& foot, double scale, const Tone& tone) const;

  const Motion& motion_;
  FrameRange frames_;
  bool mirror_;
  glm::vec3 right_{1, 0, 0}, toCamera_{0, 0, 1};
  double floor_ = 0;                   // lowest joint, metres
  double height_ = 1.8, width_ = 0.9;  // of all that is shown, metres
};

/// The ground of a picture, under the figures.
void paintClipGround(QPainter& painter, const QRectF& in);
/// Ground and three moments at a device's resolution.
[[nodiscard]] QImage clipPicture(const Motion& motion, FrameRange frames, bool mirror, const QSize& size,
                                 double devicePixelRatio);

}  // namespace kinescore
