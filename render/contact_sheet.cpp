#include "render/contact_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <glm/geometric.hpp>

namespace kinescore::render {
namespace {

constexpr int kGap = 2;
constexpr float kCellYaw = 0.60f;
constexpr float kCellPitch = 0.16f;

std::int64_t frameOfCell(const Motion& motion, int cell, int cells) {
  if (cells <= 1) return 0;
  return (motion.frameCount() - 1) * cell / (cells - 1);
}

FigureInstance figureAt(const Motion& motion, std::int64_t frame) {
  FigureInstance figure{forwardKinematics(*motion.skeleton, motion.pose(frame))};
  if (!motion.contacts.empty()) {
    for (std::size_t c = 0; c < 4; ++c) figure.contacts[c] = motion.contacts[std::size_t(frame) * 4 + c] != 0;
  }
  return figure;
}

void copyInto(Image& sheet, const Image& picture, int x, int y) {
  for (int row = 0; row < picture.height; ++row) {
    std::memcpy(sheet.at(x, y + row), picture.at(0, row), std::size_t(picture.width) * 4);
  }
}

/// Side-on to the way the motion goes, a little turned, so that travel reads from left to right.
float yawBeside(const Motion& motion) {
  const glm::vec3 way = motion.rootPositions.back() - motion.rootPositions.front();
  const glm::vec2 flat(way.x, way.z);
  if (glm::length(flat) < 0.3f) return kCellYaw;
  return std::atan2(flat.x, flat.y) - 1.5708f;
}

Result<Image> rowSheet(OffscreenRenderer& renderer, const Motion& motion, const ContactSheetOptions& options) {
  Image sheet(options.frames * (options.cellWidth + kGap) - kGap, options.cellHeight);
  for (int cell = 0; cell < options.frames; ++cell) {
    Scene scene;
    scene.figures.push_back(figureAt(motion, frameOfCell(motion, cell, options.frames)));
    const glm::vec3 hips = scene.figures.front().pose.positions.front();
    scene.camera.target = {hips.x, 0.94f, hips.z};
    scene.camera.yaw = kCellYaw;
    scene.camera.pitch = kCellPitch;
    scene.camera.distance = 4.1f;
    auto picture = renderer.render(scene, options.cellWidth, options.cellHeight);
    if (!picture) return picture.error();
    copyInto(sheet, *picture, cell * (options.cellWidth + kGap), 0);
  }
  return sheet;
}

Result<Image> pathSheet(OffscreenRenderer& renderer, const Motion& motion, const ContactSheetOptions& options) {
  Scene scene;
  std::vector<glm::vec3> points;
  for (int cell = 0; cell < options.frames; ++cell) {
    FigureInstance figure = figureAt(motion, frameOfCell(motion, cell, options.frames));
    points.insert(points.end(), figure.pose.positions.begin(), figure.pose.positions.end());
    // From a cool past to the full present.
    const float age = options.frames > 1 ? float(cell) / float(options.frames - 1) : 1.0f;
    figure.tint = glm::mix(colours::kTrail * 0.62f, colours::kFigure, age);
    scene.figures.push_back(std::move(figure));
  }
  Polyline trail;
  trail.colour = glm::vec4(colours::kPath, 0.8f);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    trail.points.emplace_back(motion.rootPositions[std::size_t(f)].x, 0.0f, motion.rootPositions[std::size_t(f)].z);
  }
  scene.lines.push_back(std::move(trail));
  const int width = options.frames * options.cellWidth;
  scene.camera.yaw = yawBeside(motion);
  scene.camera.frame(points, float(width) / float(options.cellHeight));
  // frame() leaves room for a ball; a line of people is wide and low, so come closer when it fits.
  for (int step = 0; step < 24; ++step) {
    Camera closer = scene.camera;
    closer.dolly(0.5f);
    const glm::vec2 size(width, options.cellHeight);
    const bool fits = std::all_of(points.begin(), points.end(), [&](const glm::vec3& point) {
      const auto pixel = closer.pixelOf(point, size);
      return pixel && pixel->x > 0.04f * size.x && pixel->x < 0.96f * size.x && pixel->y > 0.12f * size.y &&
             pixel->y < 0.92f * size.y;
    });
    if (!fits) break;
    scene.camera = closer;
  }
  return renderer.render(scene, width, options.cellHeight);
}

}  // namespace

Result<Image> contactSheet(OffscreenRenderer& renderer, const Motion& motion,
                           const ContactSheetOptions& options) {
  if (motion.frameCount() == 0) {
    return Error{ErrorCode::InvalidArgument, "A motion without frames has no contact sheet"};
  }
  if (motion.jointCount() != kJointCount22) {
    return Error{ErrorCode::Unsupported, "A contact sheet needs a motion on the skeleton kinescore22"};
  }
  if (options.frames < 1 || options.cellWidth < 8 || options.cellHeight < 8) {
    return Error{ErrorCode::InvalidArgument, "A contact sheet needs one frame or more, in cells of 8 pixels or more"};
  }
  return options.layout == ContactSheetOptions::Layout::Row ? rowSheet(renderer, motion, options)
                                                            : pathSheet(renderer, motion, options);
}

Image stacked(std::span<const Image> rows) {
  int width = 0;
  int height = 0;
  for (const Image& row : rows) {
    width = std::max(width, row.width);
    height += row.height + (height > 0 ? kGap : 0);
  }
  Image sheet(width, height);
  for (std::size_t alpha = 3; alpha < sheet.rgba.size(); alpha += 4) sheet.rgba[alpha] = 255;
  int y = 0;
  for (const Image& row : rows) {
    copyInto(sheet, row, 0, y);
    y += row.height + kGap;
  }
  return sheet;
}

}  // namespace kinescore::render
