#include "engine/io/ballplay.h"

#include <cmath>

#include "engine/io/limits.h"
#include "engine/storage/json.h"
#include "engine/storage/npz.h"

namespace kinescore {

Result<std::shared_ptr<const Skeleton>> readBallPlaySkeleton(std::string_view bytes, std::string_view fileName) {
  const Result<nlohmann::json> json = parseJson(bytes, fileName, std::size_t(1) << 20);
  if (!json) return json.error();
  const Error bad{ErrorCode::BadInput, std::string(fileName) + " is no list of joints with names, parents and offsets."};
  auto skeleton = std::make_shared<Skeleton>();
  skeleton->name = "ballplay";
  try {
    skeleton->jointNames = json->at("names").get<std::vector<std::string>>();
    skeleton->parents = json->at("parents").get<std::vector<int>>();
    for (const auto& offset : json->at("offsets")) {
      skeleton->offsets.emplace_back(offset.at(0).get<float>(), offset.at(1).get<float>(), offset.at(2).get<float>());
    }
  } catch (const nlohmann::json::exception&) {
    return bad;
  }
  const int count = skeleton->jointCount();
  if (count < 1 || count > kMaxImportJoints || int(skeleton->jointNames.size()) != count ||
      int(skeleton->offsets.size()) != count) {
    return bad;
  }
  for (int j = 0; j < count; ++j) {
    if (skeleton->parents[j] >= j || skeleton->parents[j] < kNoParent) return bad;
    if (!std::isfinite(skeleton->offsets[j].x + skeleton->offsets[j].y + skeleton->offsets[j].z)) return bad;
  }
  return std::shared_ptr<const Skeleton>(std::move(skeleton));
}

Result<Motion> readBallPlay(std::string_view bytes, std::string_view fileName,
                            std::shared_ptr<const Skeleton> skeleton) {
  const auto arrays = readNpz(bytes, fileName);
  if (!arrays) return arrays.error();
  const std::string file(fileName);
  const auto root = arrays->find("root_pos");
  const auto turns = arrays->find("rotvec");
  const auto fps = arrays->find("fps");
  const std::int64_t joints = skeleton->jointCount();
  if (root == arrays->end() || turns == arrays->end() || fps == arrays->end() || fps->second.values.size() != 1 ||
      root->second.shape.size() != 2 || root->second.shape[1] != 3) {
    return Error{ErrorCode::BadInput, file + " lacks the arrays fps, root_pos and rotvec of a BallPlay clip."};
  }
  const std::int64_t frames = root->second.shape[0];
  if (turns->second.shape != std::vector<std::int64_t>{frames, joints, 3}) {
    return Error{ErrorCode::BadInput, file + ": rotvec does not fit the skeleton."};
  }
  const float rate = fps->second.values[0];
  if (!(rate >= 1 && rate <= 1000)) return Error{ErrorCode::BadInput, file + " has no usable frame rate."};
  Motion motion;
  motion.skeleton = std::move(skeleton);
  motion.rate = {int(std::lround(rate)), 1};
  motion.resize(frames);
  for (std::int64_t f = 0; f < frames; ++f) {
    const float* position = &root->second.values[std::size_t(f) * 3];
    motion.rootPositions[f] = {position[0], position[1], position[2]};
    for (int j = 0; j < joints; ++j) {
      const float* v = &turns->second.values[(std::size_t(f) * joints + j) * 3];
      const glm::dvec3 turn(v[0], v[1], v[2]);
      const double angle = glm::length(turn);
      const double s = angle > 1e-9 ? std::sin(angle / 2) / angle : 0.5;
      motion.rotation(f, j) = glm::quat(glm::normalize(glm::dquat(std::cos(angle / 2), turn.x * s, turn.y * s, turn.z * s)));
    }
  }
  return motion;
}

}  // namespace kinescore
