#include "engine/io/bvh.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/io/limits.h"
#include "engine/io/text_scanner.h"

namespace kinescore {

namespace {

constexpr std::size_t kMaxNameBytes = 1024;
constexpr double kMaxMagnitude = 1e9;
/// Exporters that mean "no change" still write their rounding, against the longest bone.
constexpr double kNearlyZeroShare = 1e-3;

struct ChannelName {
  std::string_view name;
  BvhChannel channel;
};
constexpr ChannelName kChannelNames[] = {
    {"Xposition", BvhChannel::XPosition}, {"Yposition", BvhChannel::YPosition},
    {"Zposition", BvhChannel::ZPosition}, {"Xrotation", BvhChannel::XRotation},
    {"Yrotation", BvhChannel::YRotation}, {"Zrotation", BvhChannel::ZRotation},
};

bool isPosition(BvhChannel channel) { return channel <= BvhChannel::ZPosition; }
int axisOf(BvhChannel channel) { return int(channel) % 3; }

class BvhParser {
 public:
  BvhParser(std::string_view bytes, std::string_view fileName)
      : scanner_(bytes), byteCount_(bytes.size()), fileName_(fileName) {}

  Result<BvhFile> parse() {
    if (!equalsIgnoringCase(scanner_.word("{}"), "HIERARCHY")) {
      return Error{ErrorCode::BadInput, fileName_ + " does not begin with HIERARCHY: it is not a BVH file."};
    }
    if (Status status = parseHierarchy(); !status) return status.error();
    if (scanner_.atEnd()) {
      warn("has no MOTION section; only its skeleton was read");
    } else if (Status status = parseMotion(); !status) {
      return status.error();
    }
    decidePositionRule();
    return std::move(file_);
  }

 private:
  Error bad(const std::string& what) const {
    return {ErrorCode::BadInput, fileName_ + ", line " + std::to_string(scanner_.line()) + ": " + what};
  }
  void warn(const std::string& what) { file_.warnings.push_back(fileName_ + " " + what + "."); }

  // Joints that are open, by index; kEndSite marks the body of an End Site.
  static constexpr int kEndSite = -2;

  Status parseHierarchy() {
    std::vector<int> open;
    while (true) {
      if (scanner_.atEnd()) {
        if (!open.empty()) return bad("the file ends inside the hierarchy.");
        break;
      }
      const std::string_view key = scanner_.word("{}");
      const bool inside = !open.empty();
      const bool inEndSite = inside && open.back() == kEndSite;
      if (key == "}") {
        if (!inside) return bad("a closing brace too many.");
        open.pop_back();
      } else if (equalsIgnoringCase(key, "ROOT") || equalsIgnoringCase(key, "JOINT")) {
        const bool isRoot = equalsIgnoringCase(key, "ROOT");
        if (inEndSite || isRoot == inside) return bad(quotedWord(key) + " is not allowed here.");
        if (Status status = openJoint(open); !status) return status;
      } else if (equalsIgnoringCase(key, "End") || equalsIgnoringCase(key, "EndSite")) {
        if (!inside || inEndSite) return bad("an End Site is not allowed here.");
        scanner_.restOfLine('{');
        if (scanner_.word("{}") != "{") return bad("an opening brace is missing after End Site.");
        if (file_.joints[open.back()].endSite) warn("has a second End Site on joint " + quotedWord(file_.joints[open.back()].name));
        file_.joints[open.back()].endSite = glm::dvec3(0);
        open.push_back(kEndSite);
      } else if (equalsIgnoringCase(key, "OFFSET")) {
        if (!inside) return bad("OFFSET stands outside of a joint.");
        glm::dvec3 offset;
        for (int a = 0; a < 3; ++a) {
          const std::string_view word = scanner_.word("{}");
          const auto number = parseNumber(word);
          if (!number || !(std::abs(*number) <= kMaxMagnitude)) {
            return bad(quotedWord(word) + " is no usable number for an OFFSET.");
          }
          offset[a] = *number;
        }
        if (inEndSite) {
          file_.joints[open[open.size() - 2]].endSite = offset;
        } else {
          file_.joints[open.back()].offset = offset;
        }
      } else if (equalsIgnoringCase(key, "CHANNELS")) {
        if (!inside || inEndSite) return bad("CHANNELS is not allowed here.");
        if (Status status = parseChannels(file_.joints[open.back()]); !status) return status;
      } else if (equalsIgnoringCase(key, "MOTION")) {
        if (inside) return bad("a closing brace is missing before MOTION.");
        break;
      } else {
        return bad(quotedWord(key) + " is not understood.");
      }
    }
    if (file_.joints.empty()) return bad("there are no joints.");
    return {};
  }

  Status openJoint(std::vector<int>& open) {
    if (int(open.size()) >= kMaxImportDepth) {
      return bad("joints are nested deeper than " + std::to_string(kMaxImportDepth) + ".");
    }
    if (int(file_.joints.size()) >= kMaxImportJoints) {
      return bad("there are more than " + std::to_string(kMaxImportJoints) + " joints.");
    }
    BvhJoint joint;
    const std::string_view name = scanner_.restOfLine('{');
    if (name.size() > kMaxNameBytes) return bad("the name of a joint is too long.");
    joint.name = std::string(name);
    joint.parent = open.empty() ? kNoParent : open.back();
    joint.firstChannel = file_.channelCount;
    if (scanner_.word("{}") != "{") return bad("an opening brace is missing after joint " + quotedWord(name) + ".");
    open.push_back(int(file_.joints.size()));
    file_.joints.push_back(std::move(joint));
    return {};
  }

  Status parseChannels(BvhJoint& joint) {
    if (!joint.channels.empty()) return bad("a joint has CHANNELS twice.");
    const std::string_view word = scanner_.word("{}");
    const auto count = parseNumber(word);
    if (!count || *count < 0 || *count > 6 || *count != std::floor(*count)) {
      return bad("a joint has 0 to 6 channels, not " + quotedWord(word) + ".");
    }
    joint.firstChannel = file_.channelCount;
    for (int c = 0; c < int(*count); ++c) {
      const std::string_view name = scanner_.word("{}");
      const auto known = std::find_if(std::begin(kChannelNames), std::end(kChannelNames),
                                      [&](const ChannelName& n) { return equalsIgnoringCase(n.name, name); });
      if (known == std::end(kChannelNames)) return bad(quotedWord(name) + " is no channel.");
      if (std::find(joint.channels.begin(), joint.channels.end(), known->channel) != joint.channels.end()) {
        return bad("a joint has the channel " + quotedWord(name) + " twice.");
      }
      joint.channels.push_back(known->channel);
    }
    file_.channelCount += int(*count);
    return {};
  }

  Status parseMotion() {
    if (!equalsIgnoringCase(scanner_.word(":"), "Frames") || scanner_.word(":") != ":") {
      return bad("“Frames:” is missing after MOTION.");
    }
    const std::string_view framesWord = scanner_.word(":");
    const auto frames = parseNumber(framesWord);
    if (!frames || *frames < 0 || *frames != std::floor(*frames) || *frames > 9e15) {
      return bad(quotedWord(framesWord) + " is no number of frames.");
    }
    file_.declaredFrames = std::int64_t(*frames);
    if (!equalsIgnoringCase(scanner_.word(":"), "Frame") || !equalsIgnoringCase(scanner_.word(":"), "Time") ||
        scanner_.word(":") != ":") {
      return bad("“Frame Time:” is missing.");
    }
    const std::string_view timeWord = scanner_.word();
    const auto time = parseNumber(timeWord);
    if (!time) return bad(quotedWord(timeWord) + " is no frame time" + commaHint(timeWord) + ".");
    if (*time > 0 && *time <= 3600) {
      file_.frameTime = *time;
    } else {
      warn("has the frame time " + quotedWord(timeWord) + "; 30 frames a second are assumed");
    }
    return parseRows();
  }

  Status parseRows() {
    const std::int64_t columns = file_.channelCount;
    if (columns == 0 || file_.declaredFrames == 0) {
      if (columns == 0 && file_.declaredFrames > 0) warn("has frames but no channels; only its skeleton was read");
      return {};
    }
    if (file_.declaredFrames > kMaxImportValues / columns) {
      return bad(std::to_string(file_.declaredFrames) + " frames of " + std::to_string(columns) +
                 " channels are more than can be read.");
    }
    const std::int64_t wanted = file_.declaredFrames * columns;
    // A value takes two bytes of text at least: a lying header reserves no more than that.
    file_.values.reserve(std::size_t(std::min<std::int64_t>(wanted, std::int64_t(byteCount_ / 2) + 1)));
    int notUsable = 0;
    while (std::int64_t(file_.values.size()) < wanted) {
      const std::string_view word = scanner_.word();
      if (word.empty()) break;
      const auto number = parseNumber(word);
      if (number && std::abs(*number) <= kMaxMagnitude) {
        file_.values.push_back(*number);
      } else if (number || isBadNumber(word)) {
        file_.values.push_back(0);
        ++notUsable;
      } else {
        return bad(quotedWord(word) + " is no number" + commaHint(word) + ".");
      }
    }
    if (notUsable > 0) {
      warn("holds " + std::to_string(notUsable) + (notUsable == 1 ? " number that is" : " numbers that are") +
           " not usable; read as 0");
    }
    const std::int64_t whole = std::int64_t(file_.values.size()) / columns;
    if (whole < file_.declaredFrames) {
      if (std::int64_t(file_.values.size()) % columns != 0) warn("ends inside a frame; that frame was left out");
      file_.values.resize(std::size_t(whole * columns));
      warn("declares " + std::to_string(file_.declaredFrames) + " frames and holds " + std::to_string(whole) +
           "; " + std::to_string(whole) + " were read");
      return {};
    }
    return readUndeclaredRows();
  }

  // Rows after the declared ones are motion too, unless they only repeat the last one. What is no
  // number ends them.
  Status readUndeclaredRows() {
    const std::size_t columns = std::size_t(file_.channelCount);
    const std::size_t declared = file_.values.size();
    while (file_.values.size() < std::size_t(kMaxImportValues)) {
      const auto number = parseNumber(scanner_.peek());
      if (!number || !(std::abs(*number) <= kMaxMagnitude)) break;
      scanner_.word();
      file_.values.push_back(*number);
    }
    file_.values.resize(file_.values.size() / columns * columns);
    if (file_.values.size() == declared) return {};
    bool repeats = true;
    for (std::size_t i = declared; i < file_.values.size() && repeats; ++i) {
      repeats = file_.values[i] == file_.values[i - columns];
    }
    const std::string present = std::to_string(file_.values.size() / columns);
    if (repeats) file_.values.resize(declared);
    warn("declares " + std::to_string(file_.declaredFrames) + " frames and holds " + present + "; " +
         std::to_string(file_.frameCount()) + " were read");
    return {};
  }

  // What C run-times print for numbers that are none: 1.#IND, -1.#INF, and out-of-range exponents.
  static bool isBadNumber(std::string_view word) {
    if (!word.empty() && (word.front() == '-' || word.front() == '+')) word.remove_prefix(1);
    if (word.substr(0, 3) == "1.#") return true;
    return !word.empty() && word.front() >= '0' && word.front() <= '9' &&
           word.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
           word.find_first_of("eE") != std::string_view::npos;
  }
  static std::string commaHint(std::string_view word) {
    return word.find(',') != std::string_view::npos ? " (decimals need a point, not a comma)" : "";
  }

  void decidePositionRule() {
    const std::int64_t frames = file_.frameCount();
    double longest = 0;
    for (const BvhJoint& joint : file_.joints) longest = std::max(longest, glm::length(joint.offset));
    const double nearlyZero = kNearlyZeroShare * longest;
    for (BvhJoint& joint : file_.joints) {
      if (joint.parent == kNoParent) continue;
      bool allZero = true;
      for (std::size_t c = 0; c < joint.channels.size() && allZero; ++c) {
        if (!isPosition(joint.channels[c])) continue;
        for (std::int64_t f = 0; f < frames && allZero; ++f) {
          allZero = std::abs(file_.values[std::size_t(f) * file_.channelCount + joint.firstChannel + c]) <= nearlyZero;
        }
      }
      joint.positionsReplaceOffset = !allZero;
    }
  }

  TextScanner scanner_;
  std::size_t byteCount_;
  std::string fileName_;
  BvhFile file_;
};

struct LocalPose {
  glm::dvec3 translation;
  glm::dquat rotation;
};

LocalPose localPose(const BvhFile& file, const BvhJoint& joint, std::int64_t frame) {
  LocalPose local{joint.offset, glm::dquat(1, 0, 0, 0)};
  if (frame < 0) return local;
  const double* row = &file.values[std::size_t(frame) * file.channelCount + joint.firstChannel];
  for (std::size_t c = 0; c < joint.channels.size(); ++c) {
    const int axis = axisOf(joint.channels[c]);
    if (isPosition(joint.channels[c])) {
      local.translation[axis] = row[c] + (joint.positionsReplaceOffset ? 0.0 : joint.offset[axis]);
    } else {
      const double half = std::remainder(row[c], 720.0) * (std::numbers::pi / 360.0);
      glm::dquat turn(std::cos(half), 0, 0, 0);
      (axis == 0 ? turn.x : axis == 1 ? turn.y : turn.z) = std::sin(half);
      local.rotation = local.rotation * turn;
    }
  }
  return local;
}

bool hasPositions(const BvhJoint& joint) {
  return std::any_of(joint.channels.begin(), joint.channels.end(), isPosition);
}

}  // namespace

Result<BvhFile> readBvh(std::string_view bytes, std::string_view fileName) {
  return BvhParser(bytes, fileName).parse();
}

FrameRate frameRateFromFrameTime(double seconds) {
  if (!(seconds > 0) || !std::isfinite(seconds)) return kEngineRate;
  constexpr FrameRate kUsual[] = {{24000, 1001}, {24, 1},  {25, 1},  {30000, 1001}, {30, 1},  {48, 1},
                                  {50, 1},       {60000, 1001}, {60, 1}, {72, 1},   {90, 1},  {100, 1},
                                  {120, 1},      {144, 1}, {240, 1}, {15, 1},       {12, 1},  {10, 1}, {1, 1}};
  // Frame times are often cut to four or five digits.
  const FrameRate* best = nullptr;
  double bestError = 2.5e-4;
  for (const FrameRate& rate : kUsual) {
    const double error = std::abs(seconds * rate.fps() - 1);
    if (error < bestError) {
      bestError = error;
      best = &rate;
    }
  }
  if (best) return *best;
  const double fps = 1 / seconds;
  if (fps > 2000) return {2000, 1};
  const std::int32_t denominator = fps > 1 ? 10000 : 1000;
  return {std::max(1, std::int32_t(std::lround(fps * denominator))), denominator};
}

std::vector<glm::dvec3> bvhWorldPositions(const BvhFile& file, std::int64_t frame) {
  std::vector<glm::dvec3> positions;
  std::vector<glm::dquat> rotations;
  for (const BvhJoint& joint : file.joints) {
    const LocalPose local = localPose(file, joint, frame);
    if (joint.parent == kNoParent) {
      positions.push_back(local.translation);
      rotations.push_back(local.rotation);
    } else {
      positions.push_back(positions[joint.parent] + rotations[joint.parent] * local.translation);
      rotations.push_back(rotations[joint.parent] * local.rotation);
    }
  }
  return positions;
}

Result<Motion> motionFromBvh(const BvhFile& file, double metresPerUnit, bool strict) {
  if (!(metresPerUnit > 0) || !std::isfinite(metresPerUnit)) {
    return Error{ErrorCode::InvalidArgument, "The unit of length must be above 0."};
  }
  const std::int64_t frames = file.frameCount();
  auto skeleton = std::make_shared<Skeleton>();
  glm::dvec3 firstRoot(0);
  for (std::size_t j = 0; j < file.joints.size(); ++j) {
    const BvhJoint& joint = file.joints[j];
    glm::dvec3 offset = joint.offset;
    if (frames > 0 && hasPositions(joint)) {
      offset = localPose(file, joint, 0).translation;
      for (std::int64_t f = 1; strict && j > 0 && f < frames; ++f) {
        if (glm::length(localPose(file, joint, f).translation - offset) > 1e-6 * (1 + glm::length(offset))) {
          return Error{ErrorCode::Unsupported, "joint " + quotedWord(joint.name) +
                                                   " changes the length of its bone; such motion cannot be used."};
        }
      }
    }
    if (j == 0) firstRoot = offset;
    if (joint.parent == kNoParent) offset -= firstRoot;
    skeleton->jointNames.push_back(joint.name);
    skeleton->parents.push_back(joint.parent);
    skeleton->offsets.push_back(glm::vec3(offset * metresPerUnit));
    if (joint.endSite) skeleton->endSites[int(j)] = glm::vec3(*joint.endSite * metresPerUnit);
  }
  Motion motion;
  motion.skeleton = skeleton;
  motion.rate = frameRateFromFrameTime(file.frameTime);
  motion.resize(frames);
  for (std::int64_t f = 0; f < frames; ++f) {
    for (std::size_t j = 0; j < file.joints.size(); ++j) {
      const LocalPose local = localPose(file, file.joints[j], f);
      motion.rotation(f, int(j)) = glm::quat(local.rotation);
      if (j == 0) motion.rootPositions[f] = glm::vec3(local.translation * metresPerUnit);
    }
  }
  return motion;
}

}  // namespace kinescore
