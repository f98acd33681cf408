#include "engine/io/amass.h"

#include <cmath>
#include <string>

#include <glm/glm.hpp>

#include "engine/io/numpy_arrays.h"

namespace kinescore {
namespace {

constexpr int kBodyAngles = 3 * kJointCount22;
constexpr double kMostTurn = 100;      // radians; what is larger is no rotation
constexpr double kFarthestRoot = 1e4;  // metres

glm::quat rotationOf(const float* angles) {
  const glm::dvec3 v(angles[0], angles[1], angles[2]);
  const double angle = glm::length(v);
  const double s = angle > 1e-9 ? std::sin(angle / 2) / angle : 0.5;
  return glm::quat(glm::normalize(glm::dquat(std::cos(angle / 2), v.x * s, v.y * s, v.z * s)));
}

struct AmassArrays {
  std::int64_t frames = 0;
  NumberArray root, body, way;  // [frames][≥ 3], [frames][≥ 63 from column `bodyColumn`], [frames][3]
  std::int64_t bodyColumn = 0;
  double fps = 0;
};

bool hasRows(const NumberArray& array, std::int64_t frames, std::int64_t leastColumns) {
  return array.shape.size() == 2 && array.shape[0] == frames && array.shape[1] >= leastColumns;
}

Result<AmassArrays> readArrays(const NumpyArchive& archive, const std::string& file) {
  AmassArrays arrays;
  Result<NumberArray> way = archive.read("trans");
  if (!way) return way.error();
  if (way->shape.size() != 2 || way->shape[1] != 3) return Error{ErrorCode::BadInput, file + ": “trans” is no list of points."};
  arrays.frames = way->shape[0];
  arrays.way = std::move(*way);
  if (archive.has("poses")) {
    Result<NumberArray> poses = archive.read("poses");
    if (!poses) return poses.error();
    if (!hasRows(*poses, arrays.frames, kBodyAngles) || poses->shape[1] % 3 != 0) {
      return Error{ErrorCode::BadInput, file + ": “poses” holds no angles of the SMPL body, or not as many frames as “trans”."};
    }
    arrays.body = std::move(*poses);
    arrays.root = arrays.body;
    arrays.bodyColumn = 3;
  } else {
    Result<NumberArray> root = archive.read("root_orient");
    if (!root) return Error{ErrorCode::BadInput, file + " holds neither “poses” nor “root_orient” and “pose_body”."};
    Result<NumberArray> body = archive.read("pose_body");
    if (!body) return body.error();
    if (!hasRows(*root, arrays.frames, 3) || !hasRows(*body, arrays.frames, kBodyAngles - 3)) {
      return Error{ErrorCode::BadInput, file + ": “root_orient” and “pose_body” do not fit “trans”."};
    }
    arrays.root = std::move(*root);
    arrays.body = std::move(*body);
  }
  for (const char* name : {"mocap_framerate", "mocap_frame_rate"}) {
    if (!archive.has(name)) continue;
    const Result<NumberArray> rate = archive.read(name);
    if (!rate) return rate.error();
    if (rate->values.size() == 1) arrays.fps = rate->values[0];
  }
  if (!(arrays.fps >= 1 && arrays.fps <= 1000)) {
    return Error{ErrorCode::BadInput, file + " has no usable “mocap_framerate”."};
  }
  if (arrays.frames < 1) return Error{ErrorCode::BadInput, file + " has no frames."};
  return arrays;
}

// The rates in use are whole, or 1000/1001 of a whole one.
FrameRate rateFrom(double fps) {
  const double whole = std::round(fps);
  if (std::abs(fps - whole) < 1e-3) return {int(whole), 1};
  const double ntsc = std::round(fps * 1.001);
  if (std::abs(fps * 1.001 - ntsc) < 1e-3) return {int(ntsc) * 1000, 1001};
  return {int(std::lround(fps * 1000)), 1000};
}

}  // namespace

Result<Motion> readAmass(std::string_view bytes, std::string_view fileName) {
  const std::string file(fileName);
  const Result<NumpyArchive> archive = NumpyArchive::open(bytes, fileName);
  if (!archive) return archive.error();
  const Result<AmassArrays> arrays = readArrays(*archive, file);
  if (!arrays) return arrays.error();
  const glm::quat upright = glm::angleAxis(-float(M_PI) / 2, glm::vec3(1, 0, 0));  // Z up to Y up

  Motion motion;
  motion.rate = rateFrom(arrays->fps);
  motion.resize(arrays->frames);
  for (std::int64_t f = 0; f < arrays->frames; ++f) {
    const float* way = &arrays->way.values[std::size_t(f) * 3];
    const float* root = &arrays->root.values[std::size_t(f * arrays->root.shape[1])];
    const float* body = &arrays->body.values[std::size_t(f * arrays->body.shape[1] + arrays->bodyColumn)];
    for (int i = 0; i < 3; ++i) {
      if (!(std::abs(way[i]) < kFarthestRoot)) return Error{ErrorCode::BadInput, file + ": “trans” leaves the world."};
    }
    motion.rootPositions[f] = upright * glm::vec3(way[0], way[1], way[2]);
    for (int j = 0; j < kJointCount22; ++j) {
      const float* angles = j == 0 ? root : body + 3 * (j - 1);
      for (int i = 0; i < 3; ++i) {
        if (!(std::abs(angles[i]) < kMostTurn)) return Error{ErrorCode::BadInput, file + ": the angles are none."};
      }
      const glm::quat turn = rotationOf(angles);
      motion.rotation(f, j) = j == 0 ? glm::normalize(upright * turn) : turn;
    }
  }
  return motion;
}

bool looksLikeAmass(std::string_view bytes) {
  const Result<NumpyArchive> archive = NumpyArchive::open(bytes, "");
  return archive && archive->has("trans") && (archive->has("poses") || archive->has("pose_body"));
}

}  // namespace kinescore
