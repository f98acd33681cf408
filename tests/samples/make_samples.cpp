// Makes what is in resources/samples; not part of the tests.
//
//   make_samples projects FOLDER                     the samples that are made from code
//   make_samples poses PROJECT.kinescore FOLDER      “three poses” from its shown take, at 0.4, 1.9 and 3.4 s
//   make_samples picture PROJECT.kinescore OUT.ppm SECONDS…   moments of its shown take, side by side
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "engine/core/files.h"
#include "engine/motion/kinematics.h"
#include "render/contact_sheet.h"
#include "tests/support/sample_projects.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

int fail(const std::string& sentence) {
  std::fprintf(stderr, "make_samples: %s\n", sentence.c_str());
  return 1;
}

std::shared_ptr<const Take> shownTake(const fs::path& project) {
  const auto opened = openProject(project);
  const TakeEntry* shown = opened ? opened->document.shownTake() : nullptr;
  return shown == nullptr ? nullptr : shown->take;
}

int writeProjects(const fs::path& folder, const std::vector<ProjectDocument>& documents) {
  for (const ProjectDocument& document : documents) {
    if (const Status saved = saveFileSafely(folder / (document.name + ".kinescore"), writeProject(document)); !saved) {
      return fail(saved.error().message);
    }
  }
  return 0;
}

/// Three moments, brought to the middle of the floor and to a metre from one another.
int writePoses(const fs::path& project, const fs::path& folder) {
  const auto take = shownTake(project);
  if (!take) return fail("there is no take");
  std::vector<Pose> poses;
  for (const double seconds : {0.4, 1.9, 3.4}) poses.push_back(evaluate(*take->result.motion, ticksFromSeconds(seconds)));
  const glm::vec3 origin = poses.front().rootPosition;
  for (Pose& pose : poses) pose.rootPosition -= glm::vec3(origin.x, 0, origin.z);
  return writeProjects(folder, {threePoses(poses)});
}

int writePicture(const fs::path& project, const fs::path& file, const std::vector<double>& moments) {
  const auto take = shownTake(project);
  if (!take) return fail("there is no take");
  constexpr int kWidth = 708, kHeight = 368;  // twice the card's picture
  constexpr float kYaw = -0.95f, kApart = 0.95f;
  const glm::vec3 toTheRight(std::cos(kYaw), 0, -std::sin(kYaw));
  render::Scene scene;
  scene.grid = false;
  std::vector<glm::vec3> corners;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    Pose pose = evaluate(*take->result.motion, ticksFromSeconds(moments[i]));
    const glm::vec3 place = toTheRight * (kApart * (float(i) - 0.5f * float(moments.size() - 1)));
    pose.rootPosition.x = place.x;
    pose.rootPosition.z = place.z;
    render::FigureInstance figure{forwardKinematics(*kinescore22(), pose)};
    figure.tint *= 0.38f + 0.62f * float(i + 1) / float(moments.size());  // the last one is the brightest
    corners.insert(corners.end(), figure.pose.positions.begin(), figure.pose.positions.end());
    corners.push_back(figure.pose.positions[kHead] + glm::vec3(0, 0.25f, 0));  // the top of it
    scene.figures.push_back(std::move(figure));
  }
  scene.camera.yaw = kYaw;
  scene.camera.pitch = 0.06f;
  scene.camera.frame(corners, float(kWidth) / kHeight);
  // As near as leaves a margin of a sixteenth around every joint.
  const auto isInside = [&](const glm::vec3& joint) {
    const auto pixel = scene.camera.pixelOf(joint, {kWidth, kHeight});
    return pixel && pixel->x > kWidth / 16 && pixel->x < kWidth * 15 / 16 && pixel->y > kHeight / 16 && pixel->y < kHeight * 15 / 16;
  };
  const float whole = scene.camera.distance;
  for (scene.camera.distance = whole * 0.5f; scene.camera.distance < whole; scene.camera.distance += whole * 0.02f) {
    if (std::all_of(corners.begin(), corners.end(), isInside)) break;
  }
  auto renderer = render::OffscreenRenderer::create();
  if (!renderer) return fail(renderer.error().message);
  const auto image = (*renderer)->render(scene, kWidth, kHeight);
  if (!image) return fail(image.error().message);
  std::ofstream out(file, std::ios::binary);
  out << "P6\n" << image->width << ' ' << image->height << "\n255\n";
  for (std::size_t i = 0; i + 3 < image->rgba.size(); i += 4) out.write(reinterpret_cast<const char*>(&image->rgba[i]), 3);
  return 0;
}

}  // namespace
}  // namespace kinescore

int main(int argc, char** argv) {
  using namespace kinescore;
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "projects" && argc == 3) {
    return writeProjects(argv[2], {firstStepsProject(), rooftopCourier(), danceToABeat(), aroundTheBlock(), handsFirst()});
  }
  if (what == "poses" && argc == 4) return writePoses(argv[2], argv[3]);
  if (what == "picture" && argc > 4) {
    std::vector<double> moments;
    for (int i = 4; i < argc; ++i) moments.push_back(std::stod(argv[i]));
    return writePicture(argv[2], argv[3], moments);
  }
  return fail("projects FOLDER | poses PROJECT FOLDER | picture PROJECT OUT.ppm SECONDS…");
}
