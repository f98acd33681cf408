#include "engine/library/bvh_import.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>

#include <glm/glm.hpp>

#include "engine/core/files.h"
#include "engine/io/bvh.h"
#include "engine/library/joint_names.h"
#include "engine/library/joint_solve.h"
#include "engine/motion/kinematics.h"
#include "engine/retarget/repair.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxBvhBytes = std::uint64_t(1) << 28;
constexpr double kShortestLeg = 1e-3;    // file units; a leg without length tells no unit
constexpr float kCollarShare = 0.25f;    // of the way from the neck to the arm, where there is no collar
constexpr float kSameOffset = 0.02f;     // m; bones of one skeleton
constexpr float kClearlyUp = 0.75f, kHardlyUp = 0.4f;
constexpr double kClearlyBackwards = -0.4;  // cosine, over a clip
constexpr float kToeLength = 0.13f;      // m, of a foot that tells none

double legLengthOf(const BvhFile& file, const JointMatch& match) {
  const std::vector<glm::dvec3> p = bvhWorldPositions(file, file.frameCount() > 0 ? 0 : -1);
  double sum = 0;
  for (const JointMatch::Limbs& leg : match.limbs) {
    sum += glm::length(p[leg.shin] - p[leg.thigh]) + glm::length(p[leg.foot] - p[leg.shin]);
  }
  return sum / 2;
}

/// Our own skeleton, at any scale.
bool isKinescore22(const BvhFile& file, double metresPerUnit) {
  const Skeleton& ours = *kinescore22();
  if (int(file.joints.size()) != kJointCount22) return false;
  for (const BvhJoint& joint : file.joints) {
    const std::optional<int> our = ours.findJoint(joint.name);
    if (!our) return false;
    if (joint.parent == kNoParent) continue;
    const glm::vec3 offset(joint.offset * metresPerUnit);
    if (glm::length(offset - ours.offsets[std::size_t(*our)]) > kSameOffset) return false;
  }
  return true;
}

Motion onOurSkeleton(const Motion& motion) {
  Motion ours;
  ours.skeleton = kinescore22();
  ours.rate = motion.rate;
  ours.resize(motion.frameCount());
  ours.rootPositions = motion.rootPositions;
  for (int j = 0; j < kJointCount22; ++j) {
    const int theirs = *motion.skeleton->findJoint(ours.skeleton->jointNames[std::size_t(j)]);
    for (std::int64_t f = 0; f < motion.frameCount(); ++f) ours.rotation(f, j) = motion.rotation(f, theirs);
  }
  return ours;
}

/// The joints of kinescore22 in one frame of a stranger's clip.
class JointReader {
 public:
  JointReader(const SourceClip& source, const JointMatch& match) : source_(source), match_(match) {}

  std::array<glm::vec3, kJointCount22> at(std::int64_t frame) const {
    std::array<glm::vec3, kJointCount22> p{};
    p[kHips] = position(frame, match_.hips);
    for (int side = 0; side < 2; ++side) readLimbs(frame, side, p);
    readTrunk(frame, p);
    for (int side = 0; side < 2; ++side) {
      const JointMatch::Limbs& limbs = match_.limbs[std::size_t(side)];
      const int collar = side == 0 ? kLeftShoulder : kRightShoulder, arm = side == 0 ? kLeftArm : kRightArm;
      const bool hasOwn = limbs.collar != kNoParent;
      p[collar] = hasOwn ? position(frame, limbs.collar) : glm::mix(p[kNeck], p[arm], kCollarShare);
    }
    return p;
  }

 private:
  const glm::vec3& position(std::int64_t f, int joint) const { return source_.position(f, joint); }

  /// A joint that is not there is the tip of the bone before it, or lies along `otherwise`.
  glm::vec3 jointOrTip(std::int64_t f, int joint, int before, const glm::vec3& otherwise) const {
    if (joint != kNoParent) return position(f, joint);
    const auto tip = source_.skeleton->endSites.find(before);
    if (tip != source_.skeleton->endSites.end()) return position(f, before) + source_.rotation(f, before) * tip->second;
    return position(f, before) + otherwise;
  }

  void readLimbs(std::int64_t f, int side, std::array<glm::vec3, kJointCount22>& p) const {
    const bool isLeft = side == 0;
    const JointMatch::Limbs& limbs = match_.limbs[std::size_t(side)];
    const int thigh = isLeft ? kLeftUpLeg : kRightUpLeg, shin = isLeft ? kLeftLeg : kRightLeg;
    const int foot = isLeft ? kLeftFoot : kRightFoot, toe = isLeft ? kLeftToeBase : kRightToeBase;
    const int arm = isLeft ? kLeftArm : kRightArm, fore = isLeft ? kLeftForeArm : kRightForeArm;
    p[thigh] = position(f, limbs.thigh);
    p[shin] = position(f, limbs.shin);
    p[foot] = position(f, limbs.foot);
    p[arm] = position(f, limbs.upperArm);
    p[fore] = position(f, limbs.foreArm);
    p[toe] = jointOrTip(f, limbs.toe, limbs.foot, kToeLength * forwardOf(f));
    p[isLeft ? kLeftHand : kRightHand] = jointOrTip(f, limbs.hand, limbs.foreArm, p[fore] - p[arm]);
  }

  glm::vec3 forwardOf(std::int64_t f) const {
    const glm::vec3 left = position(f, match_.limbs[0].thigh) - position(f, match_.limbs[1].thigh);
    const glm::vec3 forward = glm::cross(left, glm::vec3(0, 1, 0));
    const float length = glm::length(forward);
    return length > 1e-4f ? forward / length : glm::vec3(0, 0, 1);
  }

  /// However many joints a spine has, ours has three: at equal parts of the way from the hips to the neck.
  void readTrunk(std::int64_t f, std::array<glm::vec3, kJointCount22>& p) const {
    const glm::vec3 shoulders = 0.5f * (p[kLeftArm] + p[kRightArm]);
    std::vector<glm::vec3> way = {0.5f * (p[kLeftUpLeg] + p[kRightUpLeg])};
    for (const int joint : match_.trunk) way.push_back(position(f, joint));
    p[kNeck] = match_.neck != kNoParent ? position(f, match_.neck) : shoulders + 0.2f * (shoulders - way.back());
    way.push_back(p[kNeck]);
    p[kSpine] = along(way, 0.18f);
    p[kSpine1] = along(way, 0.39f);
    p[kSpine2] = along(way, 0.61f);
    const glm::vec3 up = 0.3f * (p[kNeck] - p[kSpine1]);
    p[kHead] = match_.head != kNoParent ? position(f, match_.head)
               : match_.neck != kNoParent ? jointOrTip(f, kNoParent, match_.neck, up)
                                          : p[kNeck] + up;
  }

  static glm::vec3 along(const std::vector<glm::vec3>& way, float share) {
    float length = 0;
    for (std::size_t i = 1; i < way.size(); ++i) length += glm::length(way[i] - way[i - 1]);
    float left = share * length;
    for (std::size_t i = 1; i < way.size(); ++i) {
      const float step = glm::length(way[i] - way[i - 1]);
      if (left <= step && step > 1e-6f) return glm::mix(way[i - 1], way[i], left / step);
      left -= step;
    }
    return way.back();
  }

  const SourceClip& source_;
  const JointMatch& match_;
};

/// From the ankles to where the arms hang: a figure stands more than it lies.
glm::vec3 meanUpright(const SourceClip& source, const JointMatch& match) {
  glm::vec3 sum(0);
  for (std::int64_t f = 0; f < source.frameCount(); ++f) {
    const glm::vec3 low = source.position(f, match.limbs[0].foot) + source.position(f, match.limbs[1].foot);
    const glm::vec3 high = source.position(f, match.limbs[0].upperArm) + source.position(f, match.limbs[1].upperArm);
    const float length = glm::length(high - low);
    if (length > 1e-4f) sum += (high - low) / length;
  }
  return sum / float(std::max<std::int64_t>(1, source.frameCount()));
}

/// True when it was turned.
bool standUp(SourceClip& source, const JointMatch& match) {
  const glm::vec3 upright = meanUpright(source, match);
  if (!(upright.z > kClearlyUp && std::abs(upright.y) < kHardlyUp)) return false;
  const glm::quat turn = glm::angleAxis(-float(M_PI) / 2, glm::vec3(1, 0, 0));
  for (glm::vec3& p : source.positions) p = turn * p;
  for (glm::quat& q : source.rotations) q = turn * q;
  return true;
}

/// Toes point to where the hips face; where they clearly do not, sides or axes are not what the names say. (A
/// foot without a toe may end straight below its ankle, which says nothing.)
bool facesForward(const JointPositions& frames) {
  double sum = 0;
  for (const auto& p : frames) {
    const glm::vec3 forward = glm::cross(p[kLeftUpLeg] - p[kRightUpLeg], p[kNeck] - p[kHips]);
    const glm::vec3 toes = p[kLeftToeBase] - p[kLeftFoot] + p[kRightToeBase] - p[kRightFoot];
    sum += glm::dot(forward, toes) / std::max(glm::length(forward) * glm::length(toes), 1e-6f);
  }
  return sum > kClearlyBackwards * double(frames.size());
}

Result<MappedClip> mapStranger(const Motion& motion, const JointMatch& match, std::vector<std::string>& notes) {
  SourceClip source = sourceFromMotion(motion);
  if (standUp(source, match)) notes.push_back("its Z axis was taken for up");
  const JointReader reader(source, match);
  JointPositions positions;
  for (std::int64_t f = 0; f < source.frameCount(); ++f) positions.push_back(reader.at(f));
  if (!facesForward(positions)) {
    return Error{ErrorCode::Unsupported, "its toes point backwards: the sides in its joint names, or its up axis, are not what they seem; export it with Y up."};
  }
  return mapJointPositions(positions, source.rate);
}

bool isWordless(const std::string& word) {
  return word.size() < 2 || std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

Result<ImportedBvh> importBvh(std::string_view bytes, std::string_view fileName) {
  const Result<BvhFile> file = readBvh(bytes, fileName);
  if (!file) return file.error();
  if (file->frameCount() < 1) return Error{ErrorCode::BadInput, "it holds a skeleton and no motion."};
  std::vector<std::string> names;
  std::vector<int> parents;
  for (const BvhJoint& joint : file->joints) {
    names.push_back(joint.name);
    parents.push_back(joint.parent);
  }
  const Result<JointMatch> match = matchJoints(names, parents);
  if (!match) return match.error();
  const double leg = legLengthOf(*file, *match);
  if (!(leg > kShortestLeg) || !std::isfinite(leg)) return Error{ErrorCode::BadInput, "its legs have no length."};
  const double metresPerUnit = kLegLength22 / leg;
  Result<Motion> motion = motionFromBvh(*file, metresPerUnit);
  if (!motion) return motion.error();

  ImportedBvh imported;
  imported.notes = file->warnings;
  const auto note = [&](int count, const char* what) {
    if (count > 0) imported.notes.push_back(std::to_string(count) + what);
  };
  note(removeSpikes(*motion), " joint spikes removed");
  note(bridgeRootJumps(*motion), " leaps of the whole body bridged");
  if (isKinescore22(*file, metresPerUnit)) {
    imported.clip = mapAngles(onOurSkeleton(*motion));
    return imported;
  }
  Result<MappedClip> mapped = mapStranger(*motion, *match, imported.notes);
  if (!mapped) return mapped.error();
  imported.clip = std::move(*mapped);
  return imported;
}

Result<Motion> motionFromBvhFile(const fs::path& file) {
  const std::string name = "“" + file.filename().string() + "”";
  const Result<std::string> bytes = readFile(file, kMaxBvhBytes);
  if (!bytes) return bytes.error();
  const Result<ImportedBvh> imported = importBvh(*bytes, file.filename().string());
  if (!imported) return imported.error().withContext(name);
  Result<Motion> motion = retargetAlone(imported->clip);
  if (!motion) return motion.error().withContext(name);
  limitHands(*motion);
  easeJumps(*motion, kFinalJumpRule);
  return motion;
}

std::string captionFromFileName(const fs::path& file) {
  std::vector<std::string> words(1);
  char before = ' ';
  for (const char c : file.stem().string()) {
    const auto byte = static_cast<unsigned char>(c);
    const bool isBreak = !std::isalnum(byte) && byte < 128;
    const bool isHump = std::isupper(byte) && std::islower(static_cast<unsigned char>(before));
    const bool isNumber = std::isdigit(byte) != std::isdigit(static_cast<unsigned char>(before));
    if ((isBreak || isHump || isNumber) && !words.back().empty()) words.emplace_back();
    if (!isBreak) words.back() += char(byte < 128 ? std::tolower(byte) : byte);
    before = c;
  }
  std::string caption;
  for (std::string& word : words) {
    if (word == "l") word = "left";
    if (word == "r") word = "right";
    if (!isWordless(word)) caption += (caption.empty() ? "" : " ") + word;
  }
  return caption;
}

fs::path captionFileBeside(const fs::path& file) {
  fs::path text = file;
  text.replace_extension(".txt");
  std::error_code ignored;
  return fs::is_regular_file(text, ignored) ? text : fs::path();
}

}  // namespace kinescore
