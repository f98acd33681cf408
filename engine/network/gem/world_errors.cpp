#include "engine/network/gem/world_errors.h"

#include <algorithm>
#include <cassert>

#include <Eigen/Geometry>

namespace kinescore::gem {
namespace {

// One joint a column.
Eigen::Matrix3Xd columnsOf(std::span<const JointPositions> frames) {
  Eigen::Matrix3Xd columns(3, Eigen::Index(frames.size()) * kBodyJoints);
  Eigen::Index column = 0;
  for (const JointPositions& frame : frames) {
    for (const glm::vec3& p : frame) columns.col(column++) = Eigen::Vector3d(p.x, p.y, p.z);
  }
  return columns;
}

}  // namespace

WorldAlignment alignmentOfMetric(std::string_view publishedName) {
  assert(publishedName == "waa_mpjpe" || publishedName == "wa2_mpjpe");
  return publishedName == "waa_mpjpe" ? WorldAlignment::AllFrames : WorldAlignment::FirstTwoFrames;
}

double worldJointError(std::span<const JointPositions> predicted, std::span<const JointPositions> truth,
                       WorldAlignment alignment) {
  assert(predicted.size() == truth.size() && !predicted.empty());
  const std::size_t frames =
      alignment == WorldAlignment::AllFrames ? truth.size() : std::min<std::size_t>(2, truth.size());
  const Eigen::Matrix4d similarity = Eigen::umeyama(columnsOf(predicted.first(frames)), columnsOf(truth.first(frames)));
  const Eigen::Matrix3Xd moved = (similarity.topLeftCorner<3, 3>() * columnsOf(predicted)).colwise() +
                                 Eigen::Vector3d(similarity.topRightCorner<3, 1>());
  return (moved - columnsOf(truth)).colwise().norm().mean();
}

}  // namespace kinescore::gem
