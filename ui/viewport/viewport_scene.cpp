#include "ui/viewport/viewport_scene.h"

#include <algorithm>
#include <limits>

#include <QCoreApplication>
#include <glm/geometric.hpp>

#include "engine/motion/motion.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr float kGhostOpacity = 0.62f;
constexpr float kOnionOpacity = 0.34f;
constexpr float kBodyOverBones = 0.5f;
constexpr float kLabelAboveHead = 0.32f;  // metres above the head joint
constexpr float kPickRadius = 0.09f;      // metres around a bone
constexpr float kLabelAboveTarget = 0.07f;
constexpr float kLabelGap = 3.0f;         // logical pixels
constexpr float kAxesReach = 76.0f;       // of the axes from the right upper corner, logical pixels
constexpr int kHudLeft = 16;
constexpr int kHudTop = 8;

/// Shortest distance between a ray and a segment; `along` is how far down the ray it is.
float rayToSegment(const render::Ray& ray, const glm::vec3& a, const glm::vec3& b, float& along) {
  const glm::vec3 axis = b - a;
  const glm::vec3 from = ray.origin - a;
  const float axis2 = glm::dot(axis, axis);
  const float across = glm::dot(axis, ray.direction);
  const float reach = glm::dot(axis, from);
  const float depth = glm::dot(ray.direction, from);
  const float denominator = axis2 - across * across;
  float t = denominator > 1e-8f ? (reach - across * depth) / denominator : 0.0f;
  t = std::clamp(t, 0.0f, 1.0f);
  const glm::vec3 point = a + t * axis;
  along = std::max(glm::dot(point - ray.origin, ray.direction), 0.0f);
  return glm::distance(point, ray.origin + along * ray.direction);
}

QColor colourOf(const glm::vec3& colour) { return QColor::fromRgbF(colour.r, colour.g, colour.b); }

/// Of a joint's bone, by the side it is on in the rest pose.
glm::vec3 boneColour(int joint) {
  static const WorldPose rest = forwardKinematics(*kinescore22(), restPose(*kinescore22()));
  const float x = rest.positions[std::size_t(joint)].x;
  return x > 0.02f ? render::colours::kBoneLeft : x < -0.02f ? render::colours::kBoneRight : render::colours::kText;
}

glm::vec3 headTop(const WorldPose& pose) {
  return pose.positions[kHead] + pose.rotations[kHead] * glm::vec3(0.0f, 0.19f, 0.0f);
}

}  // namespace

ViewportScene::ViewportScene() {
  const auto skeleton = kinescore22();
  pose = forwardKinematics(*skeleton, restPose(*skeleton));
}

render::Scene ViewportScene::build(const render::Camera& camera, QSizeF size, qreal pixelRatio) {
  dropImagesOfOtherRatio(pixelRatio);
  render::Scene scene;
  scene.camera = camera;
  scene.pixelRatio = float(pixelRatio);
  scene.axisGizmo = true;
  scene.scaleBar = true;
  addFigures(scene);
  addLines(scene);
  addOverlays(scene, size);
  return scene;
}

void ViewportScene::addFigures(render::Scene& scene) const {
  render::FigureInstance figure;
  figure.pose = pose;
  if (contactColours) figure.contacts = contacts;
  if (look == FigureLook::Both) figure.alpha = kBodyOverBones;
  if (look != FigureLook::Skeleton) scene.figures.push_back(std::move(figure));
  for (const ViewportOnion& skin : onion) {
    render::FigureInstance instance;
    instance.pose = skin.pose;
    instance.tint = skin.isLater ? render::colours::kLater : render::colours::kEarlier;
    instance.alpha = kOnionOpacity;
    scene.figures.push_back(std::move(instance));
  }
  if (compared) {
    render::FigureInstance other;
    other.pose = compared->pose;
    other.tint = {compared->colour.redF(), compared->colour.greenF(), compared->colour.blueF()};
    other.alpha = compared->alpha;
    scene.figures.push_back(std::move(other));
  }
  if (!ghostsVisible) return;
  for (const ViewportGhost& ghost : ghosts) {
    if (ghost.target) continue;
    render::FigureInstance instance;
    instance.pose = ghost.pose;
    instance.tint = render::colours::kPose;
    instance.alpha = kGhostOpacity;
    scene.figures.push_back(std::move(instance));
  }
}

void ViewportScene::addBones(render::Scene& scene) const {
  const auto skeleton = kinescore22();
  const auto add = [&](const glm::vec3& from, const glm::vec3& to, const glm::vec3& colour) {
    render::Polyline bone;
    bone.points = {from, to};
    bone.colour = glm::vec4(colour, 1.0f);
    bone.width = 2.4f;
    bone.dotSize = 5.5f;
    bone.onTop = true;
    scene.lines.push_back(std::move(bone));
  };
  for (int joint = 1; joint < skeleton->jointCount(); ++joint) {
    add(pose.positions[std::size_t(skeleton->parents[std::size_t(joint)])], pose.positions[std::size_t(joint)], boneColour(joint));
  }
  for (const auto& [joint, tip] : skeleton->endSites) {
    add(pose.positions[std::size_t(joint)], pose.positions[std::size_t(joint)] + pose.rotations[std::size_t(joint)] * tip, boneColour(joint));
  }
  for (std::size_t c = 0; contactColours && c < contacts.size(); ++c) {
    if (contacts[c]) {
      const glm::vec3 at = pose.positions[std::size_t(kContactJoints[c])];
      scene.rings.push_back({glm::vec3(at.x, 0.004f, at.z), 0.07f, glm::vec4(render::colours::kContact, 1.0f)});
    }
  }
}

void ViewportScene::addLines(render::Scene& scene) const {
  if (look != FigureLook::Mesh) addBones(scene);
  if (path.size() > 1) {
    render::Polyline line;
    line.points = path;
    line.colour = glm::vec4(render::colours::kPath, 0.95f);
    line.width = 2.0f;
    scene.lines.push_back(std::move(line));
  }
  for (const glm::vec3& key : pathKeys) {
    scene.rings.push_back({key, 0.16f, glm::vec4(render::colours::kPath, 1.0f)});
  }
  if (trailVisible && trail.size() > 1) {
    render::Polyline line;
    line.points = trail;
    line.colour = glm::vec4(render::colours::kTrail, 0.55f);
    line.width = 1.3f;
    line.dotSize = 3.2f;
    line.dotEvery = 6;
    scene.lines.push_back(std::move(line));
  }
}

OverlayImage ViewportScene::labelImage(const QString& words, const QColor& colour, LabelSign sign) {
  OverlayImage& image = labelImages_[words + colour.name() + QChar(u'0' + int(sign))];
  if (!image) image = paintLabel(words, colour, sign, paintedRatio_);
  return image;
}

/// Where the numbers, the hint, the axes and the scale stand: no label may.
std::vector<ViewBox> ViewportScene::takenBoxes(const render::Scene& scene, glm::vec2 target) {
  const float ratio = scene.pixelRatio;
  std::vector<ViewBox> boxes;
  for (const render::Overlay& overlay : scene.overlays) {
    boxes.push_back({overlay.position, overlay.position + glm::vec2(float(overlay.image->width), float(overlay.image->height))});
  }
  if (scene.axisGizmo) {
    boxes.push_back({glm::vec2(target.x - kAxesReach * ratio, 0.0f), glm::vec2(target.x, kAxesReach * ratio)});
  }
  if (scene.scaleBarText) {
    const float length = render::scaleBarFor(scene.camera, target.y, ratio).pixels;
    boxes.push_back({target - glm::vec2(length + 24.0f * ratio, 24.0f * ratio + float(scene.scaleBarText->height)), target});
  }
  return boxes;
}

void ViewportScene::addLabels(render::Scene& scene, QSizeF size) {
  const auto overHead = [](const WorldPose& figure) { return figure.positions[kHead] + glm::vec3(0.0f, kLabelAboveHead, 0.0f); };
  std::vector<ViewLabel> labels;
  if (compared) {
    labels.push_back({labelImage(compared->ownLabel, compared->ownColour, LabelSign::Take), overHead(pose)});
    labels.push_back({labelImage(compared->label, compared->colour, LabelSign::Take), overHead(compared->pose)});
  }
  for (const ViewportOnion& skin : onion) {
    labels.push_back({labelImage(skin.label, colourOf(skin.isLater ? render::colours::kLater : render::colours::kEarlier), LabelSign::Pose),
                      overHead(skin.pose)});
  }
  const QColor keyColour = colorOf(tokens().kPose);
  for (const ViewportGhost& ghost : ghosts) {
    if (!ghostsVisible) break;
    if (ghost.target) {
      labels.push_back({labelImage({}, keyColour, LabelSign::Target), *ghost.target, true});
      labels.push_back({labelImage(ghost.label, keyColour, LabelSign::Target), *ghost.target + glm::vec3(0.0f, kLabelAboveTarget, 0.0f)});
    } else if (!ghost.label.isEmpty()) {
      labels.push_back({labelImage(ghost.label, keyColour, LabelSign::Pose), overHead(ghost.pose)});
    }
  }
  const glm::vec2 target = glm::vec2(float(size.width()), float(size.height())) * scene.pixelRatio;
  const std::vector<ViewBox> taken = takenBoxes(scene, target);
  for (render::Overlay& label : placeLabels(labels, scene.camera, target, kLabelGap * scene.pixelRatio, taken)) {
    scene.overlays.push_back(std::move(label));
  }
}

void ViewportScene::addOverlays(render::Scene& scene, QSizeF size) {
  const float ratio = scene.pixelRatio;
  const render::ScaleBar bar = render::scaleBarFor(scene.camera, float(size.height()) * ratio, ratio);
  const QString words = QStringLiteral("%1 m").arg(double(bar.metres));
  if (!scaleImage_ || words != paintedScale_) {
    paintedScale_ = words;
    scaleImage_ = paintCaption(words, ratio);
  }
  scene.scaleBarText = scaleImage_;
  if (hasHud) {
    if (!hudImage_ || !(hud == paintedHud_)) {
      paintedHud_ = hud;
      hudImage_ = paintHud(hud, ratio);
    }
    render::Overlay overlay;
    overlay.image = hudImage_;
    overlay.position = glm::vec2(float(kHudLeft), float(kHudTop)) * ratio;
    scene.overlays.push_back(std::move(overlay));
  }
  if (!hint.isEmpty()) {
    if (!hintImage_ || hint != paintedHint_) {
      paintedHint_ = hint;
      hintImage_ = paintHint(hint, ratio);
    }
    render::Overlay overlay;
    overlay.image = hintImage_;
    overlay.position = {0.5f * (float(size.width()) * ratio - float(hintImage_->width)),
                        float(size.height()) * ratio - float(hintImage_->height) - 16.0f * ratio};
    scene.overlays.push_back(std::move(overlay));
  }
  addLabels(scene, size);  // last: they give way to all that stands there
}

void ViewportScene::dropImagesOfOtherRatio(qreal pixelRatio) {
  constexpr qsizetype kMostLabels = 256;
  if (labelImages_.size() > kMostLabels) labelImages_.clear();
  if (paintedRatio_ == pixelRatio) return;
  paintedRatio_ = pixelRatio;
  hudImage_.reset();
  hintImage_.reset();
  scaleImage_.reset();
  labelImages_.clear();
}

std::optional<int> ViewportScene::ghostAt(const render::Camera& camera, QPointF pixel, QSizeF size) const {
  if (!ghostsVisible) return std::nullopt;
  const render::Ray ray = camera.rayThrough({float(pixel.x()), float(pixel.y())},
                                            {float(size.width()), float(size.height())});
  const auto skeleton = kinescore22();
  std::optional<int> nearest;
  float nearestAlong = std::numeric_limits<float>::max();
  for (std::size_t g = 0; g < ghosts.size(); ++g) {
    if (ghosts[g].target) {
      float along = 0.0f;
      if (rayToSegment(ray, *ghosts[g].target, *ghosts[g].target + glm::vec3(0.0f, 0.001f, 0.0f), along) <= kPickRadius && along < nearestAlong) {
        nearestAlong = along;
        nearest = int(g);
      }
      continue;
    }
    const WorldPose& ghost = ghosts[g].pose;
    for (std::size_t joint = 1; joint < ghost.positions.size(); ++joint) {
      const glm::vec3& parent = ghost.positions[std::size_t(skeleton->parents[joint])];
      float along = 0.0f;
      if (rayToSegment(ray, parent, ghost.positions[joint], along) > kPickRadius) continue;
      if (along >= nearestAlong) continue;
      nearestAlong = along;
      nearest = int(g);
    }
  }
  return nearest;
}

std::vector<glm::vec3> ViewportScene::figureBounds() const {
  std::vector<glm::vec3> points = pose.positions;
  points.push_back(headTop(pose));
  return points;
}

}  // namespace kinescore
