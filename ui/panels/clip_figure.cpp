#include "ui/panels/clip_figure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QPainterPath>

#include "ui/theme/tokens.h"

namespace kinescore {
namespace {

constexpr double kCornerRadius = 4;
constexpr double kLeastTravel = 0.8;     // metres from which the way says where to look from
constexpr float kTurned = 0.6f;          // radians that a figure is turned towards the one who looks, at least
constexpr float kTurnedOnTheSpot = 0.9f;
constexpr int kLooks = 12;               // moments that decide how large all of it is
constexpr double kHeadRadius = 0.105;

/// A limb between two joints, metres.
struct Limb {
  int from, to;
  double fromRadius, toRadius;
};
constexpr std::array<Limb, 17> kLimbs{{{kHips, kSpine1, 0.115, 0.105},
                                       {kSpine1, kNeck, 0.115, 0.085},
                                       {kLeftArm, kRightArm, 0.075, 0.075},
                                       {kLeftUpLeg, kRightUpLeg, 0.095, 0.095},
                                       {kNeck, kHead, 0.055, 0.06},
                                       {kLeftArm, kLeftForeArm, 0.056, 0.044},
                                       {kRightArm, kRightForeArm, 0.056, 0.044},
                                       {kLeftForeArm, kLeftHand, 0.044, 0.032},
                                       {kRightForeArm, kRightHand, 0.044, 0.032},
                                       {kLeftUpLeg, kLeftLeg, 0.088, 0.06},
                                       {kRightUpLeg, kRightLeg, 0.088, 0.06},
                                       {kLeftLeg, kLeftFoot, 0.06, 0.042},
                                       {kRightLeg, kRightFoot, 0.06, 0.042},
                                       {kLeftFoot, kLeftToeBase, 0.044, 0.038},
                                       {kRightFoot, kRightToeBase, 0.044, 0.038},
                                       {kHead, kHead, kHeadRadius, kHeadRadius},
                                       {kHips, kHips, 0.12, 0.12}}};

QColor mixed(Rgb a, Rgb b, double share) {
  const QColor from = colorOf(a), to = colorOf(b);
  const auto mix = [&](int x, int y) { return int(std::lround(x + (y - x) * share)); };
  return {mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue())};
}

glm::vec3 turned(const glm::vec3& forward, float angle) {
  const glm::vec3 left(forward.z, 0, -forward.x);
  return std::cos(angle) * forward + std::sin(angle) * left;
}

/// A capsule that gets thinner, lit from the upper left.
void paintCapsule(QPainter& painter, QPointF a, QPointF b, double ra, double rb, const QColor& lit, const QColor& dark) {
  QPointF along = b - a;
  const double length = std::hypot(along.x(), along.y());
  along = length > 1e-6 ? along / length : QPointF(0, -1);
  QPointF side(-along.y(), along.x());
  if (side.x() + 1.4 * side.y() > 0) {
    side = -side;  // to the light
  }
  QPainterPath shape;
  shape.setFillRule(Qt::WindingFill);
  shape.addEllipse(a, ra, ra);
  shape.addEllipse(b, rb, rb);
  if (length > 1e-6) {
    QPainterPath body;
    body.addPolygon(QPolygonF({a + side * ra, b + side * rb, b - side * rb, a - side * ra, a + side * ra}));
    body.closeSubpath();
    shape = shape.united(body);
  }
  const double radius = std::max(ra, rb);
  const QPointF middle = (a + b) / 2;
  QLinearGradient light(middle + side * radius, middle - side * radius);
  light.setColorAt(0, lit);
  light.setColorAt(0.35, lit);
  light.setColorAt(1, dark);
  painter.setBrush(light);
  painter.drawPath(shape);
}

}  // namespace

struct ClipFigure::Tone {
  QColor lit, dark;
  static Tone of(int moment) {
    const ColorTokens& t = tokens();
    switch (moment) {
      case 0: return {mixed(t.s4, t.t3, 0.38), mixed(t.s3, t.t4, 0.3)};
      case 1: return {mixed(t.s5, t.t2, 0.55), mixed(t.s3, t.t4, 0.55)};
      default: return {mixed(t.t2, t.t1, 0.9), mixed(t.t4, t.s4, 0.25)};
    }
  }
};

ClipFigure::ClipFigure(const Motion& motion, FrameRange frames, bool mirror)
    : motion_(motion), frames_{std::clamp<std::int64_t>(frames.start, 0, motion.frameCount() - 1),
                               std::clamp<std::int64_t>(frames.end, 1, motion.frameCount())},
      mirror_(mirror) {
  const WorldPose first = poseAt({0}), last = poseAt(length());
  glm::vec3 way = last.positions[kHips] - first.positions[kHips];
  way.y = 0;
  const bool travels = glm::length(way) > kLeastTravel;
  if (!travels) {
    const float heading = headingOf(poseAt(Ticks{length().value / 2}));
    way = {std::sin(heading), 0, std::cos(heading)};
  }
  right_ = turned(glm::normalize(way), travels ? kTurned : kTurnedOnTheSpot);
  toCamera_ = glm::cross(right_, glm::vec3(0, 1, 0));

  double low = 1e9, high = -1e9, reach = 0.3;
  for (int look = 0; look < kLooks; ++look) {
    const WorldPose world = poseAt(Ticks{length().value * look / kLooks});
    for (const glm::vec3& joint : world.positions) {
      low = std::min(low, double(joint.y));
      high = std::max(high, double(joint.y));
      reach = std::max(reach, double(std::abs(glm::dot(joint - world.positions[kHips], right_))));
    }
  }
  floor_ = low - 0.04;
  height_ = std::max(high + kHeadRadius * 1.6 - floor_, 1.6);
  width_ = 2 * reach + 0.15;
}

WorldPose ClipFigure::poseAt(Ticks time) const {
  const Ticks last = ticksOfFrame(frames_.end - 1, motion_.rate);
  const Pose pose = evaluate(motion_, std::min(ticksOfFrame(frames_.start, motion_.rate) + time, last));
  if (!mirror_) {
    return forwardKinematics(*motion_.skeleton, pose);
  }
  Motion one;
  one.skeleton = motion_.skeleton;
  one.appendPose(pose);
  return forwardKinematics(*motion_.skeleton, mirrored(one).pose(0));
}

double ClipFigure::scaleFor(const QRectF& in, double columns) const {
  return std::min((in.height() - 9) / height_, in.width() * columns / width_);
}

void ClipFigure::paint(QPainter& painter, const WorldPose& world, const QPointF& foot, double scale, const Tone& tone) const {
  const auto depthOf = [&](const glm::vec3& p) { return double(glm::dot(p - world.positions[kHips], toCamera_)); };
  const auto onScreen = [&](const glm::vec3& p) {
    return QPointF(foot.x() + scale * double(glm::dot(p - world.positions[kHips], right_)),
                   foot.y() - scale * (double(p.y) - floor_));
  };
  const glm::vec3 head = world.positions[kHead] + world.rotations[kHead] * glm::vec3(0, 0.09f, 0.02f);
  std::array<std::pair<double, int>, kLimbs.size()> order;
  for (std::size_t i = 0; i < kLimbs.size(); ++i) {
    const Limb& limb = kLimbs[i];
    order[i] = {(depthOf(world.positions[std::size_t(limb.from)]) + depthOf(world.positions[std::size_t(limb.to)])) / 2, int(i)};
  }
  std::sort(order.begin(), order.end());
  painter.setPen(Qt::NoPen);
  for (const auto& [depth, i] : order) {
    const Limb& limb = kLimbs[std::size_t(i)];
    const bool isHead = limb.from == kHead;
    const QPointF a = onScreen(isHead ? head : world.positions[std::size_t(limb.from)]);
    const QPointF b = onScreen(isHead ? head : world.positions[std::size_t(limb.to)]);
    // What is farther away is darker.
    const int far = 100 + int(std::clamp(-depth * 130, 0.0, 35.0));
    paintCapsule(painter, a, b, std::max(scale * limb.fromRadius, 0.7), std::max(scale * limb.toRadius, 0.7),
                 tone.lit.darker(far), tone.dark.darker(far));
  }
}

void ClipFigure::paintMoments(QPainter& painter, const QRectF& in) const {
  painter.setRenderHint(QPainter::Antialiasing);
  const double scale = scaleFor(in, 0.5);
  // As far apart as they are wide, or as there is room.
  const double apart = std::min(in.width() * 0.27, std::max(width_ * scale * 0.72, in.width() * 0.17));
  for (int moment = 0; moment < 3; ++moment) {
    const Ticks time{length().value * (1 + 4 * moment) / 10};
    const QPointF foot(in.center().x() + apart * (moment - 1), in.bottom() - 4);
    paint(painter, poseAt(time), foot, scale, Tone::of(moment));
  }
}

void ClipFigure::paintAt(QPainter& painter, const QRectF& in, Ticks time) const {
  painter.setRenderHint(QPainter::Antialiasing);
  paint(painter, poseAt(time), {in.center().x(), in.bottom() - 4}, scaleFor(in, 0.9), Tone::of(2));
}

void paintClipGround(QPainter& painter, const QRectF& in) {
  painter.setRenderHint(QPainter::Antialiasing);
  QLinearGradient ground(in.topLeft(), in.bottomLeft());
  ground.setColorAt(0, colorOf(tokens().s4));
  ground.setColorAt(1, colorOf(tokens().s2));
  painter.setPen(QPen(colorOf(tokens().line2), 1));
  painter.setBrush(ground);
  painter.drawRoundedRect(in.adjusted(0.5, 0.5, -0.5, -0.5), kCornerRadius, kCornerRadius);
}

QImage clipPicture(const Motion& motion, FrameRange frames, bool mirror, const QSize& size, double devicePixelRatio) {
  QImage image((QSizeF(size) * devicePixelRatio).toSize(), QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(devicePixelRatio);
  image.fill(Qt::transparent);
  QPainter painter(&image);
  const QRectF all(QPointF(0, 0), QSizeF(size));
  paintClipGround(painter, all);
  painter.setClipRect(all.adjusted(1, 1, -1, -1));
  ClipFigure(motion, frames, mirror).paintMoments(painter, all);
  return image;
}

}  // namespace kinescore
