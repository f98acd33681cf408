#include "engine/io/keypoint_folder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include <glm/geometric.hpp>
#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestFrameFile = 1u << 20;
constexpr std::size_t kMostFrames = 200'000;
constexpr double kUsualFocal = 1.2;  // of the longer side
constexpr double kOutside = 0.5;     // of the image

struct Layout {
  std::size_t points;
  std::array<int, kViewPoints> from;  // of each COCO point
};
Layout layoutOf(KeypointOrder order) {
  constexpr std::array<int, kViewPoints> kSame = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  switch (order) {
    case KeypointOrder::Coco17: return {17, kSame};
    case KeypointOrder::Body25B: return {25, kSame};
    case KeypointOrder::Coco18: return {18, {0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8, 12, 9, 13, 10}};
    case KeypointOrder::Body25: return {25, {0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11}};
  }
  return {17, kSame};
}

struct Person {
  BodySight sight;
  glm::vec2 middle{0};
  float size = 0;
};

Error refuse(const fs::path& file, const std::string& why) {
  return {ErrorCode::BadInput, "“" + file.filename().string() + "” cannot be read as a frame of key points: " + why};
}

Result<Person> personFrom(const nlohmann::json& numbers, const Layout& layout, const PixelCamera& camera, const fs::path& file) {
  if (!numbers.is_array() || numbers.size() != 3 * layout.points) {
    return refuse(file, "a person must have " + std::to_string(layout.points) +
                            " points of x, y and confidence; name another order with --keypoint-order.");
  }
  const double focal = camera.focal > 0 ? camera.focal : kUsualFocal * std::max(camera.width, camera.height);
  Person person;
  glm::vec2 low(std::numeric_limits<float>::max()), high(std::numeric_limits<float>::lowest());
  for (int k = 0; k < kViewPoints; ++k) {
    const std::size_t at = 3 * std::size_t(layout.from[k]);
    if (!numbers[at].is_number() || !numbers[at + 1].is_number() || !numbers[at + 2].is_number()) {
      return refuse(file, "a point holds something that is no number.");
    }
    const double x = numbers[at].get<double>(), y = numbers[at + 1].get<double>(), sure = numbers[at + 2].get<double>();
    const bool isInside = std::abs(x / camera.width - 0.5) < 0.5 + kOutside && std::abs(y / camera.height - 0.5) < 0.5 + kOutside;
    if (!(sure > 0) || !isInside) continue;
    person.sight.points[k] = {float((x - camera.width / 2) / focal), float((y - camera.height / 2) / focal)};
    person.sight.confidence[k] = float(std::min(sure, 1.0));
    low = glm::min(low, person.sight.points[k]);
    high = glm::max(high, person.sight.points[k]);
  }
  if (low.x <= high.x) {
    person.middle = 0.5f * (low + high);
    person.size = glm::length(high - low);
  }
  return person;
}

Result<std::vector<Person>> peopleIn(const fs::path& file, const Layout& layout, const PixelCamera& camera) {
  const Result<std::string> text = readFile(file, kLargestFrameFile);
  if (!text) return text.error();
  const Result<nlohmann::json> json = parseJson(*text, "frame of key points");
  if (!json) return json.error().withContext("“" + file.filename().string() + "”");
  const auto people = json->is_object() ? json->find("people") : json->end();
  if (!json->is_object() || people == json->end() || !people->is_array()) return refuse(file, "it has no list “people”.");
  std::vector<Person> found;
  for (const nlohmann::json& entry : *people) {
    if (entry.is_object() && entry.empty()) continue;  // how Pose2Sim says that a camera does not see the person
    const auto points = entry.is_object() ? entry.find("pose_keypoints_2d") : entry.end();
    if (!entry.is_object() || points == entry.end()) return refuse(file, "a person has no “pose_keypoints_2d”.");
    Result<Person> person = personFrom(*points, layout, camera, file);
    if (!person) return person.error();
    if (person->size > 0) found.push_back(*person);
  }
  return found;
}

}  // namespace

std::optional<KeypointOrder> keypointOrderNamed(std::string_view name) {
  if (name == "coco17") return KeypointOrder::Coco17;
  if (name == "coco18") return KeypointOrder::Coco18;
  if (name == "body25") return KeypointOrder::Body25;
  if (name == "body25b") return KeypointOrder::Body25B;
  return std::nullopt;
}

Result<std::vector<BodySight>> readKeypointFolder(const fs::path& folder, KeypointOrder order, const PixelCamera& camera) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (failed) return Error{ErrorCode::NotFound, "The folder of key points “" + folder.string() + "” cannot be opened: " + failed.message() + "."};
  if (files.empty()) return Error{ErrorCode::NotFound, "The folder “" + folder.string() + "” holds no JSON files of key points."};
  if (files.size() > kMostFrames) return Error{ErrorCode::BadInput, "The folder “" + folder.string() + "” holds more than 200,000 frames; split it."};
  std::sort(files.begin(), files.end());
  const Layout layout = layoutOf(order);
  std::vector<BodySight> sights;
  std::optional<glm::vec2> before;
  for (const fs::path& file : files) {
    const Result<std::vector<Person>> people = peopleIn(file, layout, camera);
    if (!people) return people.error();
    sights.emplace_back();
    if (people->empty()) continue;
    const auto best = std::min_element(people->begin(), people->end(), [&](const Person& a, const Person& b) {
      if (before) return glm::distance(a.middle, *before) < glm::distance(b.middle, *before);
      return a.size > b.size;
    });
    before = best->middle;
    sights.back() = best->sight;
  }
  return sights;
}

}  // namespace kinescore
