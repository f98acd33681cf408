#include "engine/solve/root_holds.h"

#include "engine/solve/time_rows.h"

namespace kinescore {

RootHolds rootHolds(const std::vector<SolveKey>& keys, const std::vector<SolveTarget>& targets,
                    const Motion& motion, double strength) {
  RootHolds holds;
  const auto add = [&](Ticks time, const glm::dvec3& shift) {
    holds.rows.push_back(rootRow(motion, time, strength));
    for (int i = 0; i < 3; ++i) holds.wanted[i].push_back(shift[i]);
  };
  for (const SolveKey& key : keys) {
    if (key.weight < 1) continue;
    add(key.time,
        glm::dvec3(key.pose.rootPosition) - glm::dvec3(evaluate(motion, key.time).rootPosition));
  }
  for (const SolveTarget& target : targets) {
    if (target.weight >= 1) add(target.time, glm::dvec3(0));
  }
  return holds;
}

}  // namespace kinescore
