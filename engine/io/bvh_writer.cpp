#include "engine/io/bvh_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <vector>

namespace kinescore {

namespace {

constexpr double kDegrees = 180.0 / std::numbers::pi;
/// Where the middle angle is this close to ± 90°, the other two turn about one axis.
constexpr double kGimbalSine = 1 - 1e-9;

void appendNumber(std::string& out, double value, int decimals) {
  char buffer[64];
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, decimals);
  const std::string_view text(buffer, std::size_t(end - buffer));
  // "-0.000000" says nothing and makes files differ.
  out += text.find_first_not_of("-0.") == std::string_view::npos && text.front() == '-' ? text.substr(1) : text;
}

void appendVector(std::string& out, const glm::dvec3& v, int decimals) {
  for (int a = 0; a < 3; ++a) {
    out += ' ';
    appendNumber(out, v[a], decimals);
  }
}

// Degrees about Z, Y, X with R = Rz·Ry·Rx.
using Angles = std::array<double, 3>;

Angles anglesOf(const glm::quat& rotation, const Angles& before) {
  const glm::dquat q = glm::normalize(glm::dquat(rotation));
  const double sine = -2 * (q.x * q.z - q.w * q.y);
  if (std::abs(sine) >= kGimbalSine) {
    // Only the sum (or difference) of the outer angles counts: X keeps its last value.
    const double sum = 2 * std::atan2(q.x, q.w) * kDegrees;
    const double sign = sine > 0 ? 1 : -1;
    return {sign * (before[2] - sum), sign * 90.0, before[2]};
  }
  return {std::atan2(2 * (q.x * q.y + q.w * q.z), 1 - 2 * (q.y * q.y + q.z * q.z)) * kDegrees,
          std::asin(sine) * kDegrees,
          std::atan2(2 * (q.y * q.z + q.w * q.x), 1 - 2 * (q.x * q.x + q.y * q.y)) * kDegrees};
}

double nearestTurn(double angle, double reference) { return angle + 360 * std::round((reference - angle) / 360); }

double distance(const Angles& a, const Angles& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

// Of the two triples that mean the same rotation, and all their full turns, the nearest to `before`.
Angles unrolled(const Angles& angles, const Angles& before) {
  Angles direct;
  Angles flipped = {angles[0] + 180, 180 - angles[1], angles[2] + 180};
  for (int i = 0; i < 3; ++i) {
    direct[i] = nearestTurn(angles[i], before[i]);
    flipped[i] = nearestTurn(flipped[i], before[i]);
  }
  return distance(flipped, before) + 1e-9 < distance(direct, before) ? flipped : direct;
}

std::string frameTimeText(FrameRate rate) {
  char buffer[64];
  const double seconds = double(rate.denominator) / rate.numerator;
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, seconds, std::chars_format::fixed, 12);
  return {buffer, end};
}

class HierarchyWriter {
 public:
  HierarchyWriter(const Skeleton& skeleton, double scale) : skeleton_(skeleton), scale_(scale) {
    children_.resize(skeleton.jointCount());
    for (int j = 0; j < skeleton.jointCount(); ++j) {
      if (skeleton.parents[j] != kNoParent) children_[skeleton.parents[j]].push_back(j);
    }
  }

  // Joints in the order in which they are written: children right after their parent. The file
  // lists channels in that order too.
  std::vector<int> write(std::string& out) const {
    struct Open {
      int joint;
      std::size_t nextChild = 0;
    };
    std::vector<int> order;
    out += "HIERARCHY\n";
    for (int root = 0; root < skeleton_.jointCount(); ++root) {
      if (skeleton_.parents[root] != kNoParent) continue;
      std::vector<Open> open{{root}};
      begin(out, root, 0, order);
      while (!open.empty()) {
        Open& top = open.back();
        if (top.nextChild < children_[top.joint].size()) {
          const int child = children_[top.joint][top.nextChild++];
          begin(out, child, open.size(), order);
          open.push_back({child});
        } else {
          end(out, top.joint, open.size() - 1);
          open.pop_back();
        }
      }
    }
    return order;
  }

 private:
  static void indent(std::string& out, std::size_t depth) { out.append(depth, '\t'); }

  void begin(std::string& out, int joint, std::size_t depth, std::vector<int>& order) const {
    const bool root = skeleton_.parents[joint] == kNoParent;
    order.push_back(joint);
    indent(out, depth);
    out += root ? "ROOT " : "JOINT ";
    out += skeleton_.jointNames[joint] + "\n";
    indent(out, depth);
    out += "{\n";
    indent(out, depth + 1);
    out += "OFFSET";
    appendVector(out, glm::dvec3(skeleton_.offsets[joint]) * scale_, 6);
    out += '\n';
    indent(out, depth + 1);
    out += root ? "CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation\n"
                : "CHANNELS 3 Zrotation Yrotation Xrotation\n";
  }

  void end(std::string& out, int joint, std::size_t depth) const {
    const auto tip = skeleton_.endSites.find(joint);
    if (tip != skeleton_.endSites.end() || children_[joint].empty()) {
      indent(out, depth + 1);
      out += "End Site\n";
      indent(out, depth + 1);
      out += "{\n";
      indent(out, depth + 2);
      out += "OFFSET";
      appendVector(out, tip != skeleton_.endSites.end() ? glm::dvec3(tip->second) * scale_ : glm::dvec3(0), 6);
      out += '\n';
      indent(out, depth + 1);
      out += "}\n";
    }
    indent(out, depth);
    out += "}\n";
  }

  const Skeleton& skeleton_;
  double scale_;
  std::vector<std::vector<int>> children_;
};

}  // namespace

std::string writeBvh(const Motion& motion, const BvhWriteOptions& options) {
  const Skeleton& skeleton = *motion.skeleton;
  const double scale = options.centimeters ? 100.0 : 1.0;
  std::string out;
  const std::vector<int> order = HierarchyWriter(skeleton, scale).write(out);
  const std::int64_t frames = frameAtOrAfter(motion.duration(), options.rate);
  out += "MOTION\nFrames: " + std::to_string(frames) + "\nFrame Time: " + frameTimeText(options.rate) + "\n";
  std::vector<Angles> before(skeleton.jointCount(), Angles{0, 0, 0});
  Pose pose;
  for (std::int64_t f = 0; f < frames; ++f) {
    evaluateInto(motion, ticksOfFrame(f, options.rate), pose);
    const std::size_t lineStart = out.size();
    for (int joint : order) {
      if (skeleton.parents[joint] == kNoParent) {
        const glm::vec3 place = pose.rootPosition + (joint == 0 ? glm::vec3(0) : skeleton.offsets[joint]);
        appendVector(out, glm::dvec3(place) * scale, 6);
      }
      before[joint] = unrolled(anglesOf(pose.localRotations[joint], before[joint]), before[joint]);
      for (double angle : before[joint]) {
        out += ' ';
        appendNumber(out, angle, 6);
      }
    }
    out.erase(lineStart, 1);
    out += '\n';
  }
  return out;
}

}  // namespace kinescore
