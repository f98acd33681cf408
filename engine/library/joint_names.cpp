#include "engine/library/joint_names.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <map>
#include <optional>

namespace kinescore {
namespace {

struct SidedName {
  std::string word;        // letters and digits in lower case, without prefix and side
  std::optional<int> side; // 0 left, 1 right
};

/// "Character1" of "Character1_LeftArm", where more than half of the joints begin with it.
std::string commonPrefix(const std::vector<std::string>& names) {
  std::map<std::string, std::size_t> counts;
  for (const std::string& name : names) {
    const std::size_t end = name.find_first_of("_ ");
    if (end == std::string::npos || end < 3) continue;
    const std::string prefix = name.substr(0, end + 1);
    if (++counts[prefix] * 2 > names.size()) return prefix;
  }
  return {};
}

/// "mixamorig:LeftUpLeg" → LeftUpLeg, "DEF-thigh.L" (Rigify) → thigh.L
std::string_view withoutPrefix(std::string_view name, std::string_view common) {
  const std::size_t colon = name.rfind(':');
  if (colon != std::string_view::npos) name.remove_prefix(colon + 1);
  for (const std::string_view prefix : {common, std::string_view("mixamorig"), std::string_view("DEF-"), std::string_view("ORG-")}) {
    if (!prefix.empty() && name.size() > prefix.size() && name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
  }
  return name;
}

std::string lowered(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) word += char(std::tolower(static_cast<unsigned char>(c)));
  }
  return word;
}

bool isSeparator(char c) { return c == '_' || c == '.' || c == '-' || c == ' '; }
int sideOfLetter(char c) { return c == 'l' || c == 'L' ? 0 : c == 'r' || c == 'R' ? 1 : -1; }

/// A lone letter counts only where something sets it apart: "l_arm", "arm.L", "lArm", "LArm".
SidedName sidedName(std::string_view name) {
  SidedName result;
  const std::string word = lowered(name);
  for (int side = 0; side < 2; ++side) {
    const std::string spoken = side == 0 ? "left" : "right";
    if (const std::size_t at = word.find(spoken); at != std::string::npos) {
      return {word.substr(0, at) + word.substr(at + spoken.size()), side};
    }
  }
  if (name.size() > 2) {
    const char first = name[0], second = name[1], last = name.back(), before = name[name.size() - 2];
    const bool startsApart = isSeparator(second) || std::isupper(static_cast<unsigned char>(second));
    if (sideOfLetter(first) >= 0 && startsApart) return {lowered(name.substr(1)), sideOfLetter(first)};
    if (sideOfLetter(last) >= 0 && isSeparator(before)) return {lowered(name.substr(0, name.size() - 2)), sideOfLetter(last)};
  }
  result.word = word;
  return result;
}

class Matcher {
 public:
  Matcher(const std::vector<std::string>& names, const std::vector<int>& parents) : parents_(parents) {
    const std::string common = commonPrefix(names);
    for (const std::string& name : names) {
      // MakeHuman's "__UpLeg_L" leads to UpLeg_L and is no joint of its own.
      names_.push_back(name.starts_with("__") ? SidedName{} : sidedName(withoutPrefix(name, common)));
    }
  }

  Result<JointMatch> match() {
    for (int side = 0; side < 2; ++side) {
      matchLeg(side);
      matchArm(side);
    }
    matchTrunk();
    if (Status complete = checkComplete(); !complete) return complete.error();
    return match_;
  }

 private:
  using Words = std::initializer_list<std::string_view>;

  /// The first joint with one of the words, an earlier word before a later one.
  int find(std::optional<int> side, Words words) const {
    for (const std::string_view word : words) {
      for (std::size_t j = 0; j < names_.size(); ++j) {
        if (names_[j].side == side && names_[j].word == word) return int(j);
      }
    }
    return kNoParent;
  }

  void matchLeg(int side) {
    JointMatch::Limbs& limbs = match_.limbs[std::size_t(side)];
    limbs.thigh = find(side, {"upleg", "thigh", "upperleg", "upperleg01", "femur", "hip"});
    limbs.shin = find(side, {"lowleg", "loleg", "lowerleg", "lowerleg01", "shin", "calf", "knee", "tibia", "leg"});
    limbs.foot = find(side, {"foot", "ankle", "talus"});
    limbs.toe = find(side, {"toebase", "toe", "toes", "ball", "toe0", "toe11", "toe21"});
    // "Leg" is the thigh where something else is named as the lower leg.
    const int leg = find(side, {"leg"});
    if (limbs.thigh == kNoParent && leg != kNoParent && leg != limbs.shin) limbs.thigh = leg;
  }

  void matchArm(int side) {
    JointMatch::Limbs& limbs = match_.limbs[std::size_t(side)];
    limbs.foreArm = find(side, {"forearm", "lowerarm", "lowerarm01", "lowarm", "loarm", "elbow", "radius"});
    limbs.hand = find(side, {"hand", "wrist", "palm"});
    limbs.upperArm = find(side, {"arm", "upperarm", "upperarm01", "uparm", "humerus", "shldr"});
    const int shoulder = find(side, {"shoulder"});
    limbs.collar = find(side, {"collar", "clavicle", "collarbone"});
    // "Shoulder" is the collar beside an "Arm", else the upper arm itself.
    if (limbs.upperArm == kNoParent) limbs.upperArm = shoulder;
    else if (limbs.collar == kNoParent) limbs.collar = shoulder;
  }

  std::vector<int> wayUp(int joint) const {
    std::vector<int> way;
    for (; joint != kNoParent; joint = parents_[std::size_t(joint)]) way.push_back(joint);
    return way;
  }
  int commonAncestor(int a, int b) const {
    if (a == kNoParent || b == kNoParent) return kNoParent;
    const std::vector<int> other = wayUp(b);
    for (const int joint : wayUp(a)) {
      if (std::find(other.begin(), other.end(), joint) != other.end()) return joint;
    }
    return kNoParent;
  }

  void matchTrunk() {
    // Legs hang on the hips, arms on the chest, whatever those are called.
    match_.hips = commonAncestor(match_.limbs[0].thigh, match_.limbs[1].thigh);
    const int chest = commonAncestor(match_.limbs[0].upperArm, match_.limbs[1].upperArm);
    for (const int joint : wayUp(chest)) {
      if (joint == match_.hips) break;
      match_.trunk.insert(match_.trunk.begin(), joint);
    }
    match_.neck = find(std::nullopt, {"neck", "neck1", "neck01", "lowerneck"});
    match_.head = find(std::nullopt, {"head"});
  }

  Status checkComplete() const {
    if (match_.hips == kNoParent) return missing(match_.limbs[0].thigh == kNoParent ? "left thigh" : "right thigh");
    for (int side = 0; side < 2; ++side) {
      const JointMatch::Limbs& limbs = match_.limbs[std::size_t(side)];
      const std::string which = side == 0 ? "left " : "right ";
      if (limbs.shin == kNoParent || limbs.shin == limbs.thigh) return missing(which + "knee");
      if (limbs.foot == kNoParent) return missing(which + "foot");
      if (limbs.upperArm == kNoParent) return missing(which + "upper arm");
      if (limbs.foreArm == kNoParent) return missing(which + "forearm");
    }
    return {};
  }

  static Error missing(const std::string& what) {
    return {ErrorCode::Unsupported, "its skeleton has no joint whose name says that it is the " + what +
                                        "; rename its joints as in HumanIK (Hips, LeftUpLeg, LeftLeg, LeftFoot, LeftArm, LeftForeArm …)."};
  }

  std::vector<SidedName> names_;
  const std::vector<int>& parents_;
  JointMatch match_;
};

}  // namespace

Result<JointMatch> matchJoints(const std::vector<std::string>& names, const std::vector<int>& parents) {
  return Matcher(names, parents).match();
}

}  // namespace kinescore
