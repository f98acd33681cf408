// Everything one picture shows, as plain data: built anew by whoever shows it, copied freely, drawn
// by Renderer. Metres, +Y up; colours are sRGB values, 0 to 1.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <glm/vec4.hpp>

#include "engine/motion/kinematics.h"
#include "render/camera.h"
#include "render/image.h"

namespace kinescore::render {

/// The colours of the view; it is dark in both themes.
namespace colours {
constexpr glm::vec3 fromHex(unsigned rgb) {
  return {float((rgb >> 16) & 255) / 255.0f, float((rgb >> 8) & 255) / 255.0f, float(rgb & 255) / 255.0f};
}
constexpr glm::vec3 kFigure = fromHex(0xC9CCD2);
constexpr glm::vec3 kPose = fromHex(0xCF6F80);
constexpr glm::vec3 kPath = fromHex(0x97F3DE);
constexpr glm::vec3 kContact = fromHex(0xD3F77E);
constexpr glm::vec3 kTrail = fromHex(0x9AB0CC);
constexpr glm::vec3 kBoneLeft = fromHex(0xFFD166);
constexpr glm::vec3 kBoneRight = fromHex(0x8FE3F5);
constexpr glm::vec3 kEarlier = fromHex(0x7C8DA6);
constexpr glm::vec3 kLater = fromHex(0xC9B37A);
constexpr glm::vec3 kAxisX = fromHex(0xFF6B62);
constexpr glm::vec3 kAxisY = fromHex(0x7FD65A);
constexpr glm::vec3 kAxisZ = fromHex(0x5B9BFF);
constexpr glm::vec3 kSky = fromHex(0x2B2F36);
constexpr glm::vec3 kHorizon = fromHex(0x33373F);
constexpr glm::vec3 kFloor = fromHex(0x23262B);
constexpr glm::vec3 kText = fromHex(0xEDEFF2);
}  // namespace colours

/// A body in a pose of kinescore22. Below full opacity it is drawn as a ghost.
struct FigureInstance {
  WorldPose pose;
  glm::vec3 tint = colours::kFigure;
  float alpha = 1.0f;
  std::array<bool, 4> contacts{};  ///< order kContactJoints; a foot that touches takes contactColour
  glm::vec3 contactColour = colours::kContact;
};

/// A line through the world with dots on its points.
struct Polyline {
  std::vector<glm::vec3> points;
  glm::vec4 colour{1.0f};
  float width = 2.0f;     ///< logical pixels
  float dotSize = 0.0f;   ///< logical pixels; 0 for none
  int dotEvery = 1;
  bool onTop = false;     ///< nothing hides it: bones within a body
};

/// A circle lying on the floor with a dot in its middle: a key of the path.
struct FloorRing {
  glm::vec3 centre{0.0f};
  float radius = 0.16f;
  glm::vec4 colour{1.0f};
};

/// A picture laid over the scene, texel on pixel: text, labels, chips. Premultiplied alpha. The same
/// pointer means the same picture, which is then not copied again.
struct Overlay {
  std::shared_ptr<const Image> image;
  /// Target pixels from the top left, used when there is no anchor.
  glm::vec2 position{0.0f};
  /// The bottom middle of the picture stands on this world point.
  std::optional<glm::vec3> anchor;
  float opacity = 1.0f;
};

struct Scene {
  Camera camera;
  std::vector<FigureInstance> figures;
  std::vector<Polyline> lines;
  std::vector<FloorRing> rings;
  std::vector<Overlay> overlays;
  bool grid = true;
  bool axisGizmo = false;
  bool scaleBar = false;       ///< "1 m" at the bottom right, in front of its own line
  std::shared_ptr<const Image> scaleBarText;
  float pixelRatio = 1.0f;     ///< target pixels in a logical pixel
};

}  // namespace kinescore::render
