#include "render/strokes.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <glm/geometric.hpp>
#include <glm/gtc/constants.hpp>
#include <glm/vec3.hpp>

namespace kinescore::render {
namespace {

using glm::vec2;
using glm::vec3;
using glm::vec4;

Stroke worldStroke(const vec3& a, const vec3& b, float width, const vec4& colour) {
  return {vec4(a, width), vec4(b, 0.0f), colour, colour};
}
Stroke screenStroke(vec2 a, vec2 b, float width, const vec4& colour) {
  return {vec4(a, 0.0f, width), vec4(b, 0.0f, 1.0f), colour, colour};
}

/// Lies on the floor as far as the eye can tell.
bool isOnFloor(const Polyline& line) {
  return std::all_of(line.points.begin(), line.points.end(),
                     [](const vec3& point) { return std::abs(point.y) < 0.03f; });
}

void addLine(std::vector<Stroke>& strokes, const Polyline& line, float ratio) {
  for (std::size_t p = 1; p < line.points.size(); ++p) {
    strokes.push_back(worldStroke(line.points[p - 1], line.points[p], line.width * ratio, line.colour));
  }
  if (line.dotSize <= 0.0f) return;
  const vec4 dot(glm::mix(vec3(line.colour), vec3(1.0f), 0.55f), line.colour.a);
  for (std::size_t p = 0; p < line.points.size(); p += std::size_t(std::max(line.dotEvery, 1))) {
    strokes.push_back(worldStroke(line.points[p], line.points[p], line.dotSize * ratio, dot));
  }
}

void addRing(std::vector<Stroke>& strokes, const FloorRing& ring, float ratio) {
  constexpr int kSides = 36;
  const auto at = [&](int side) {
    const float angle = glm::two_pi<float>() * float(side) / float(kSides);
    return ring.centre + ring.radius * vec3(std::cos(angle), 0.0f, std::sin(angle));
  };
  for (int side = 0; side < kSides; ++side) {
    strokes.push_back(worldStroke(at(side), at(side + 1), 1.8f * ratio, ring.colour));
  }
  strokes.push_back(worldStroke(ring.centre, ring.centre, 6.0f * ratio, vec4(1.0f, 1.0f, 1.0f, ring.colour.a)));
}

/// A letter as strokes inside a box of two units around `centre`.
void addLetter(std::vector<Stroke>& strokes, char letter, vec2 centre, float half, float width,
               const vec4& colour) {
  const auto add = [&](vec2 a, vec2 b) {
    strokes.push_back(screenStroke(centre + a * half, centre + b * half, width, colour));
  };
  switch (letter) {
    case 'X': add({-0.8f, -1.0f}, {0.8f, 1.0f}); add({0.8f, -1.0f}, {-0.8f, 1.0f}); break;
    case 'Y': add({-0.8f, -1.0f}, {0.0f, 0.0f}); add({0.8f, -1.0f}, {0.0f, 0.0f}); add({0.0f, 0.0f}, {0.0f, 1.0f}); break;
    case 'Z': add({-0.8f, -1.0f}, {0.8f, -1.0f}); add({0.8f, -1.0f}, {-0.8f, 1.0f}); add({-0.8f, 1.0f}, {0.8f, 1.0f}); break;
    default: break;
  }
}

void addAxisGizmo(std::vector<Stroke>& strokes, const Scene& scene, vec2 size) {
  const float ratio = scene.pixelRatio;
  const vec2 centre(size.x - 42.0f * ratio, 42.0f * ratio);
  strokes.push_back(screenStroke(centre, centre, 56.0f * ratio, vec4(colours::fromHex(0x15171A), 0.62f)));
  struct Axis {
    vec3 direction;
    vec3 colour;
    char letter;
    float nearness = 0.0f;
    vec2 tip{};
  };
  std::array<Axis, 3> axes = {{{{1, 0, 0}, colours::kAxisX, 'X'},
                               {{0, 1, 0}, colours::kAxisY, 'Y'},
                               {{0, 0, 1}, colours::kAxisZ, 'Z'}}};
  const glm::mat3 turn(scene.camera.view());
  for (Axis& axis : axes) {
    const vec3 seen = turn * axis.direction;
    axis.nearness = seen.z;
    axis.tip = centre + vec2(seen.x, -seen.y) * (18.0f * ratio);
  }
  std::sort(axes.begin(), axes.end(), [](const Axis& a, const Axis& b) { return a.nearness < b.nearness; });
  for (const Axis& axis : axes) {
    const float strength = 0.72f + 0.28f * glm::clamp(axis.nearness * 2.0f + 0.5f, 0.0f, 1.0f);
    const vec4 colour(axis.colour * strength, 1.0f);
    strokes.push_back(screenStroke(centre, axis.tip, 2.0f * ratio, colour));
    strokes.push_back(screenStroke(axis.tip, axis.tip, 14.0f * ratio, colour));
    addLetter(strokes, axis.letter, axis.tip, 2.7f * ratio, 1.3f * ratio, vec4(colours::fromHex(0x15171A), 1.0f));
  }
}

void addScaleBar(std::vector<Stroke>& strokes, const Scene& scene, vec2 size) {
  const float ratio = scene.pixelRatio;
  const ScaleBar bar = scaleBarFor(scene.camera, size.y, ratio);
  const vec2 right(std::round(size.x - 20.0f * ratio) + 0.5f, std::round(size.y - 18.0f * ratio) + 0.5f);
  const vec2 left(std::round(right.x - bar.pixels) + 0.5f, right.y);
  const vec2 tick(0.0f, 6.0f * ratio);
  const vec4 colour(colours::fromHex(0xB9BFC8), 0.9f);
  strokes.push_back(screenStroke(left, right, 1.2f * ratio, colour));
  strokes.push_back(screenStroke(left, left - tick, 1.2f * ratio, colour));
  strokes.push_back(screenStroke(right, right - tick, 1.2f * ratio, colour));
}

}  // namespace

ScaleBar scaleBarFor(const Camera& camera, float viewHeight, float pixelRatio) {
  const float pixelsPerMetre = viewHeight / (2.0f * camera.distance * std::tan(0.5f * camera.fieldOfView));
  for (const float metres : {0.1f, 0.5f, 1.0f, 5.0f, 10.0f}) {
    const float pixels = metres * pixelsPerMetre;
    if (pixels >= 95.0f * pixelRatio) return {metres, pixels};
  }
  return {50.0f, 50.0f * pixelsPerMetre};
}

StrokeLists strokesOf(const Scene& scene, vec2 size) {
  StrokeLists lists;
  for (const Polyline& line : scene.lines) {
    addLine(line.onTop ? lists.screen : isOnFloor(line) ? lists.floor : lists.world, line, scene.pixelRatio);
  }
  for (const FloorRing& ring : scene.rings) addRing(lists.floor, ring, scene.pixelRatio);
  if (scene.axisGizmo) addAxisGizmo(lists.screen, scene, size);
  if (scene.scaleBar) addScaleBar(lists.screen, scene, size);
  return lists;
}

}  // namespace kinescore::render
