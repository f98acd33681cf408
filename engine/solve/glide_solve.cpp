#include "engine/solve/glide_solve.h"

#include <array>

#include "engine/motion/kinematics.h"
#include "engine/solve/time_rows.h"

namespace kinescore {
namespace {

// Between the first and the last third of a run. A captured foot rolls over about 3 cm.
constexpr double kGlideMeters = 0.06;
constexpr std::int64_t kShortestRun = 9;
constexpr double kStandStrength = 20;
constexpr double kKeyStrength = 1e3;
constexpr SmoothCurve::Cost kSlowShift{.bend = 20, .slope = 0.5, .pull = 1e-6};

}  // namespace

void stopGliding(const std::vector<ContactRun>& runs, const std::vector<SolveKey>& keys,
                 const std::vector<SolveTarget>& targets, const std::vector<char>& isFree,
                 Motion& motion) {
  const std::vector<glm::vec3> positions = worldPositions(motion);
  const int joints = motion.jointCount();
  std::vector<CurveRow> rows;
  std::array<std::vector<double>, 2> wanted;
  for (const ContactRun& run : runs) {
    const std::int64_t length = run.frames.length();
    if (length < kShortestRun || run.place) continue;
    const auto at = [&](std::int64_t f) {
      return positions[std::size_t(f) * joints + kContactJoints[run.contact]];
    };
    glm::vec3 first(0), last(0);
    for (std::int64_t i = 0; i < length / 3; ++i) {
      first += at(run.frames.start + i);
      last += at(run.frames.end - 1 - i);
    }
    const glm::vec3 glide = (last - first) / float(length / 3);
    if (glm::length(glm::vec2(glide.x, glide.z)) < kGlideMeters) continue;
    // The very ends, where the foot still lands or leaves, do not say how the figure glides.
    const std::int64_t edge = length / 8 + 1;
    for (std::int64_t f = run.frames.start + edge; f + 1 < run.frames.end - edge; ++f) {
      const std::int64_t anchor = std::min(f, std::max<std::int64_t>(motion.frameCount() - 4, 0));
      CurveRow row{.first = anchor, .weights = {}, .strength = kStandStrength};
      row.weights[f - anchor] = -1;
      row.weights[f + 1 - anchor] = 1;
      rows.push_back(row);
      const glm::vec3 step = at(f + 1) - at(f);
      wanted[0].push_back(-step.x);
      wanted[1].push_back(-step.z);
    }
  }
  if (rows.empty()) return;
  for (const SolveKey& key : keys) {
    if (key.weight < 1) continue;
    rows.push_back(rootRow(motion, key.time, kKeyStrength));
    const glm::vec3 miss = key.pose.rootPosition - evaluate(motion, key.time).rootPosition;
    wanted[0].push_back(miss.x);
    wanted[1].push_back(miss.z);
  }
  for (const SolveTarget& target : targets) {
    if (target.weight < 1) continue;
    rows.push_back(rootRow(motion, target.time, kKeyStrength));
    for (auto& axis : wanted) axis.push_back(0);
  }
  const SmoothCurve curve(isFree, std::move(rows), kSlowShift);
  const std::vector<double> x = curve.through(wanted[0]);
  const std::vector<double> z = curve.through(wanted[1]);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    motion.rootPositions[f].x = float(motion.rootPositions[f].x + x[f]);
    motion.rootPositions[f].z = float(motion.rootPositions[f].z + z[f]);
  }
}

}  // namespace kinescore
