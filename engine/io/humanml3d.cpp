#include "engine/io/humanml3d.h"

#include <cmath>

#include "engine/io/numpy_arrays.h"
#include "engine/io/text_scanner.h"

namespace kinescore {
namespace {

constexpr std::size_t kMostLines = 1000;
constexpr std::size_t kLongestText = 2000;
constexpr float kFarthest = 1e4f;  // metres
constexpr std::int64_t kFeatures = 263;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t')) text.remove_suffix(1);
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

std::string firstVerb(std::string_view tokens) {
  for (std::size_t at = 0; at < tokens.size();) {
    const std::size_t end = std::min(tokens.find(' ', at), tokens.size());
    const std::string_view token = tokens.substr(at, end - at);
    const std::size_t slash = token.rfind('/');
    if (slash != std::string_view::npos && slash > 0 && token.substr(slash + 1) == "VERB") {
      return std::string(token.substr(0, slash));
    }
    at = end + 1;
  }
  return {};
}

// "nan" stands for 0 in files that are about.
double timeFrom(std::string_view word) {
  const auto value = parseNumber(trimmed(word));
  return value && std::isfinite(*value) ? *value : 0;
}

// The features' joints stand in the figure's own space; its turn and way are sums of speeds. The turn's
// angle is half of that about +Y: the data set keeps the quaternion's.
JointPositions positionsFromFeatures(const NumberArray& features) {
  JointPositions positions;
  double angle = 0, x = 0, z = 0;
  for (std::int64_t f = 0; f < features.shape[0]; ++f) {
    const float* row = &features.values[std::size_t(f * kFeatures)];
    if (f > 0) angle += double(row[-kFeatures]);
    const double c = std::cos(2 * angle), s = std::sin(2 * angle);
    const auto turned = [&](double px, double pz) { return std::array<double, 2>{c * px - s * pz, s * px + c * pz}; };
    if (f > 0) {
      const auto step = turned(row[-kFeatures + 1], row[-kFeatures + 2]);
      x += step[0];
      z += step[1];
    }
    auto& joints = positions.emplace_back();
    joints[0] = glm::vec3(x, row[3], z);
    for (int j = 1; j < kJointCount22; ++j) {
      const float* p = row + 4 + 3 * (j - 1);
      const auto level = turned(p[0], p[2]);
      joints[j] = glm::vec3(level[0] + x, p[1], level[1] + z);
    }
  }
  return positions;
}

}  // namespace

Result<std::vector<CaptionLine>> readCaptionLines(std::string_view bytes, std::string_view fileName) {
  const std::string file(fileName);
  std::vector<CaptionLine> lines;
  for (std::size_t at = 0, number = 1; at < bytes.size(); ++number) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string_view line = trimmed(bytes.substr(at, end - at));
    at = end + 1;
    if (line.empty()) continue;
    if (lines.size() >= kMostLines) return Error{ErrorCode::BadInput, file + " has more than 1000 captions."};
    std::array<std::string_view, 4> fields;
    std::size_t count = 0;
    std::string_view rest = line;
    while (count < 4) {
      const std::size_t hash = count < 3 ? rest.find('#') : std::string_view::npos;
      fields[count++] = rest.substr(0, hash);
      if (hash == std::string_view::npos) break;
      rest.remove_prefix(hash + 1);
    }
    CaptionLine caption;
    caption.text = trimmed(fields[0]);
    if (caption.text.empty() || caption.text.size() > kLongestText || caption.text.find('\0') != std::string::npos) {
      return Error{ErrorCode::BadInput, file + ", line " + std::to_string(number) + " is no caption."};
    }
    caption.verb = firstVerb(fields[1]);
    caption.startSeconds = timeFrom(fields[2]);
    caption.endSeconds = timeFrom(fields[3]);
    if (!caption.isOfWholeClip() && !(caption.startSeconds >= 0 && caption.endSeconds > caption.startSeconds)) {
      return Error{ErrorCode::BadInput, file + ", line " + std::to_string(number) + ": its times do not follow each other."};
    }
    lines.push_back(std::move(caption));
  }
  if (lines.empty()) return Error{ErrorCode::BadInput, file + " holds no caption."};
  return lines;
}

Result<JointPositions> readJointPositions(std::string_view bytes, std::string_view fileName) {
  const std::string file(fileName);
  const Result<NumberArray> array = readNumpyArray(bytes, fileName);
  if (!array) return array.error();
  const auto& shape = array->shape;
  if (shape.empty() || shape[0] < 1) return Error{ErrorCode::BadInput, file + " has no frames."};
  for (const float v : array->values) {
    if (!(std::abs(v) < kFarthest)) return Error{ErrorCode::BadInput, file + ": its joints leave the world."};
  }
  if (shape.size() == 2 && shape[1] == kFeatures) return positionsFromFeatures(*array);
  const bool isPositions = (shape.size() == 3 && shape[1] == kJointCount22 && shape[2] == 3) || (shape.size() == 2 && shape[1] == 3 * kJointCount22);
  if (!isPositions) {
    return Error{ErrorCode::BadInput, file + " holds neither 22 joint positions a frame nor 263 features."};
  }
  JointPositions positions;
  positions.resize(std::size_t(shape[0]));
  const float* v = array->values.data();
  for (auto& joints : positions) {
    for (glm::vec3& p : joints) {
      p = {v[0], v[1], v[2]};
      v += 3;
    }
  }
  return positions;
}

}  // namespace kinescore
