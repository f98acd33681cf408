#include "engine/io/asf_amc.h"

#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <string>
#include <unordered_map>

#include "engine/io/limits.h"
#include "engine/io/text_scanner.h"

namespace kinescore {

namespace {

struct Bone {
  std::string name;
  glm::dvec3 direction{0};
  double length = 0;
  glm::dvec3 axisDegrees{0};
  std::vector<int> freedoms;
};

Error badFile(std::string_view fileName, const TextScanner& scanner, const std::string& what) {
  return {ErrorCode::BadInput,
          std::string(fileName) + ", line " + std::to_string(scanner.line()) + ": " + what};
}

glm::dquat turnXyz(const glm::dvec3& degrees) {
  const glm::dvec3 half = degrees * (std::numbers::pi / 360.0);
  const glm::dquat x(std::cos(half.x), std::sin(half.x), 0, 0);
  const glm::dquat y(std::cos(half.y), 0, std::sin(half.y), 0);
  const glm::dquat z(std::cos(half.z), 0, 0, std::sin(half.z));
  return z * y * x;
}

int freedomOf(std::string_view word) {
  constexpr std::string_view kNames[] = {"tx", "ty", "tz", "rx", "ry", "rz"};
  for (int i = 0; i < 6; ++i) {
    if (equalsIgnoringCase(word, kNames[i])) return i;
  }
  return -1;
}

std::optional<glm::dvec3> vectorOnLine(TextScanner& scanner) {
  glm::dvec3 v;
  for (int i = 0; i < 3; ++i) {
    const auto number = parseNumber(scanner.wordOnLine());
    if (!number || !std::isfinite(*number)) return std::nullopt;
    v[i] = *number;
  }
  return v;
}

struct AsfText {
  double lengthUnit = 1;
  std::vector<int> rootOrder = {0, 1, 2, 3, 4, 5};
  glm::dvec3 rootAxisDegrees{0};
  std::vector<Bone> bones;
  std::map<std::string, std::string, std::less<>> parentOf;
};

Status readBone(TextScanner& scanner, std::string_view fileName, AsfText& text) {
  Bone bone;
  while (scanner.nextLine()) {
    const std::string_view key = scanner.wordOnLine();
    if (key == "end") {
      if (bone.name.empty()) return badFile(fileName, scanner, "a bone has no name.");
      text.bones.push_back(std::move(bone));
      return {};
    }
    if (key == "name") {
      bone.name = scanner.wordOnLine();
    } else if (key == "direction") {
      const auto v = vectorOnLine(scanner);
      if (!v) return badFile(fileName, scanner, "the direction of a bone needs three numbers.");
      bone.direction = *v;
    } else if (key == "length") {
      const auto number = parseNumber(scanner.wordOnLine());
      if (!number || !std::isfinite(*number)) {
        return badFile(fileName, scanner, "the length of a bone needs a number.");
      }
      bone.length = *number;
    } else if (key == "axis") {
      const auto v = vectorOnLine(scanner);
      if (!v) return badFile(fileName, scanner, "the axis of a bone needs three numbers.");
      if (!equalsIgnoringCase(scanner.wordOnLine(), "XYZ")) {
        return badFile(fileName, scanner, "only the axis order XYZ can be read.");
      }
      bone.axisDegrees = *v;
    } else if (key == "dof") {
      for (std::string_view word = scanner.wordOnLine(); !word.empty(); word = scanner.wordOnLine()) {
        const int freedom = freedomOf(word);
        if (freedom < 0) return badFile(fileName, scanner, "unknown degree of freedom " + quotedWord(word) + ".");
        if (bone.freedoms.size() >= 6) return badFile(fileName, scanner, "a bone has more than six degrees of freedom.");
        bone.freedoms.push_back(freedom);
      }
    } else if (key.substr(0, 1) == ":") {
      break;
    }
  }
  return badFile(fileName, scanner, "the file ends inside a bone.");
}

Result<AsfText> readAsfText(std::string_view bytes, std::string_view fileName) {
  AsfText text;
  TextScanner scanner(bytes);
  std::string section;
  do {
    std::string_view key = scanner.wordOnLine();
    if (key.empty() || key.front() == '#') continue;
    if (key.front() == ':') {
      section = key;
      continue;
    }
    if (section == ":units" && key == "length") {
      const auto number = parseNumber(scanner.wordOnLine());
      if (!number || !(*number > 0)) return badFile(fileName, scanner, "the length unit must be a number above 0.");
      text.lengthUnit = *number;
    } else if (section == ":units" && key == "angle") {
      if (!equalsIgnoringCase(scanner.wordOnLine(), "deg")) {
        return badFile(fileName, scanner, "only angles in degrees can be read.");
      }
    } else if (section == ":root" && key == "order") {
      text.rootOrder.clear();
      for (std::string_view word = scanner.wordOnLine(); !word.empty(); word = scanner.wordOnLine()) {
        const int freedom = freedomOf(word);
        if (freedom < 0 || text.rootOrder.size() >= 6) {
          return badFile(fileName, scanner, "the order of the root cannot be read.");
        }
        text.rootOrder.push_back(freedom);
      }
    } else if (section == ":bonedata" && key == "begin") {
      if (int(text.bones.size()) >= kMaxImportJoints - 1) {
        return badFile(fileName, scanner, "more than " + std::to_string(kMaxImportJoints) + " bones.");
      }
      if (Status status = readBone(scanner, fileName, text); !status) return status.error();
    } else if (section == ":hierarchy" && key != "begin" && key != "end") {
      for (std::string_view child = scanner.wordOnLine(); !child.empty(); child = scanner.wordOnLine()) {
        if (!text.parentOf.emplace(std::string(child), std::string(key)).second) {
          return badFile(fileName, scanner, "bone " + quotedWord(child) + " has two parents.");
        }
      }
    }
  } while (scanner.nextLine());
  if (text.bones.empty()) {
    return Error{ErrorCode::BadInput, std::string(fileName) + " holds no bones: it is not an ASF skeleton."};
  }
  return text;
}

}  // namespace

Result<AsfSkeleton> readAsf(std::string_view bytes, std::string_view fileName, double metresPerUnit) {
  Result<AsfText> read = readAsfText(bytes, fileName);
  if (!read) return read.error();
  const AsfText& text = *read;
  const double scale = metresPerUnit > 0 ? metresPerUnit : kAsfMetresPerInch / text.lengthUnit;

  // Bones in file order may stand before their parents: take those whose parent is placed, level
  // by level, so that every parent comes first whatever the depth.
  std::unordered_map<std::string, int> placed{{"root", 0}};
  std::multimap<std::string, const Bone*> children;
  for (const Bone& bone : text.bones) {
    const auto parent = text.parentOf.find(bone.name);
    if (parent == text.parentOf.end()) {
      return Error{ErrorCode::BadInput, std::string(fileName) + ": bone " + quotedWord(bone.name) +
                                            " is missing from the hierarchy."};
    }
    children.emplace(parent->second, &bone);
  }
  auto skeleton = std::make_shared<Skeleton>();
  skeleton->name = std::string(fileName);
  AsfSkeleton result;
  skeleton->jointNames = {"root"};
  skeleton->parents = {kNoParent};
  skeleton->offsets = {glm::vec3(0)};
  result.axes = {glm::quat(1, 0, 0, 0)};
  result.freedoms = {text.rootOrder};
  std::vector<glm::vec3> tips = {glm::vec3(0)};
  for (int parent = 0; parent < skeleton->jointCount(); ++parent) {
    const auto [first, last] = children.equal_range(skeleton->jointNames[parent]);
    if (first == last && parent > 0) skeleton->endSites[parent] = tips[parent];
    for (auto it = first; it != last; ++it) {
      const Bone& bone = *it->second;
      if (!placed.emplace(bone.name, skeleton->jointCount()).second) {
        return Error{ErrorCode::BadInput,
                     std::string(fileName) + ": bone " + quotedWord(bone.name) + " appears twice."};
      }
      skeleton->jointNames.push_back(bone.name);
      skeleton->parents.push_back(parent);
      skeleton->offsets.push_back(tips[parent]);
      tips.push_back(glm::vec3(bone.direction * (bone.length * scale)));
      result.axes.push_back(glm::quat(turnXyz(bone.axisDegrees)));
      result.freedoms.push_back(bone.freedoms);
    }
  }
  if (skeleton->jointCount() != int(text.bones.size()) + 1) {
    return Error{ErrorCode::BadInput,
                 std::string(fileName) + ": some bones do not hang on the root, directly or through others."};
  }
  result.skeleton = std::move(skeleton);
  return result;
}

std::string_view asfNameInAmc(std::string_view bytes) {
  constexpr std::string_view kMark = "#!OML:ASF";
  if (bytes.substr(0, kMark.size()) != kMark) return {};
  TextScanner scanner(bytes.substr(kMark.size()));
  std::string_view name = scanner.restOfLine();
  const std::size_t slash = name.find_last_of("/\\");
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

Result<Motion> readAmc(std::string_view bytes, std::string_view fileName, const AsfSkeleton& asf,
                       double metresPerUnit, FrameRate fallbackRate) {
  const Skeleton& skeleton = *asf.skeleton;
  const int joints = skeleton.jointCount();
  std::unordered_map<std::string_view, int> jointOf;
  int moving = 0;
  for (int j = 0; j < joints; ++j) {
    jointOf.emplace(skeleton.jointNames[j], j);
    if (!asf.freedoms[j].empty()) ++moving;
  }
  std::vector<glm::dquat> axes(asf.axes.begin(), asf.axes.end());

  Motion motion;
  motion.skeleton = asf.skeleton;
  motion.rate = fallbackRate;
  std::vector<int> seenInFrame(joints, -1);
  int frame = -1;
  int seen = 0;
  TextScanner scanner(bytes);
  do {
    const std::string_view key = scanner.wordOnLine();
    if (key.empty() || key.front() == ':') continue;
    if (key.front() == '#') {
      if (key == "#" && scanner.wordOnLine() == "fps") {
        const auto fps = parseNumber(scanner.wordOnLine());
        if (fps && *fps >= 1 && *fps <= 1000) motion.rate = {int(std::lround(*fps)), 1};
      }
      continue;
    }
    const auto joint = jointOf.find(key);
    if (joint == jointOf.end()) {
      if (!parseNumber(key)) {
        return badFile(fileName, scanner, "the skeleton has no bone " + quotedWord(key) + ".");
      }
      if (frame >= 0 && seen != moving) {
        return badFile(fileName, scanner, "the frame before this line lacks values for some bones.");
      }
      ++frame;
      seen = 0;
      if (std::int64_t(frame + 1) * joints * 3 > kMaxImportValues) {
        return badFile(fileName, scanner, "more frames than can be read.");
      }
      motion.resize(frame + 1);
      continue;
    }
    if (frame < 0) return badFile(fileName, scanner, "values stand before the first frame number.");
    const int j = joint->second;
    if (seenInFrame[j] == frame) return badFile(fileName, scanner, "bone " + quotedWord(key) + " appears twice in a frame.");
    seenInFrame[j] = frame;
    if (!asf.freedoms[j].empty()) ++seen;
    glm::dvec3 translation(0);
    glm::dvec3 degrees(0);
    for (int freedom : asf.freedoms[j]) {
      const std::string_view word = scanner.wordOnLine();
      const auto number = parseNumber(word);
      if (!number || !std::isfinite(*number) || std::abs(*number) > 1e6) {
        return badFile(fileName, scanner, word.empty() ? "a value is missing." : quotedWord(word) + " is not a usable number.");
      }
      (freedom < 3 ? translation[freedom] : degrees[freedom - 3]) = *number;
    }
    if (!scanner.wordOnLine().empty()) return badFile(fileName, scanner, "more values than the bone has degrees of freedom.");
    const glm::dquat turn = axes[j] * turnXyz(degrees) * glm::conjugate(axes[j]);
    motion.rotation(frame, j) = glm::quat(turn);
    if (j == 0) motion.rootPositions[frame] = glm::vec3(translation * metresPerUnit);
  } while (scanner.nextLine());
  if (frame >= 0 && seen != moving) {
    return Error{ErrorCode::BadInput, std::string(fileName) + " ends inside frame " + std::to_string(frame + 1) + "."};
  }
  if (frame < 0) return Error{ErrorCode::BadInput, std::string(fileName) + " holds no frames: it is not an AMC motion."};
  return motion;
}

}  // namespace kinescore
