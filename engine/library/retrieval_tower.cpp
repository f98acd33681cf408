#include "engine/library/retrieval_tower.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/core/hash.h"
#include "engine/motion/kinematics.h"
#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

constexpr const char* kKind = "kinescore-retrieval-tower";
constexpr const char* kVersion = "1";
constexpr const char* kMembers = "members";  // untold: one
constexpr std::int64_t kFrameStep = 3;   // of 30 a second
constexpr std::int64_t kPieceStep = 2;   // samples from piece to piece
constexpr float kSideInput = 0.3f;       // as loud as a clear direction of the sentence

void addProduct(std::span<const float> matrix, std::span<const float> x, std::vector<float>& y) {
  for (std::size_t row = 0; row < y.size(); ++row) {
    const float* weights = matrix.data() + row * x.size();
    float sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += weights[i] * x[i];
    y[row] += sum;
  }
}

void rectify(std::vector<float>& values) {
  for (float& v : values) v = std::max(v, 0.0f);
}

std::vector<float> unit(std::vector<float> v) {
  double square = 0;
  for (const float x : v) square += double(x) * x;
  const auto scale = float(1 / std::sqrt(std::max(square, 1e-12)));
  for (float& x : v) x *= scale;
  return v;
}

/// Joints about the point under the hips, seen along the hips' heading; how fast that point moves (seen so, too)
/// and how high it is.
struct SeenPose {
  std::array<glm::vec3, kJointCount22> joints;
  glm::vec3 root{0};
  float heading = 0;
};

SeenPose seenPose(const std::vector<glm::vec3>& world, std::int64_t f) {
  const glm::vec3* p = world.data() + f * kJointCount22;
  SeenPose seen;
  seen.root = p[kHips];
  const glm::vec3 left = p[kLeftUpLeg] - p[kRightUpLeg] + p[kLeftArm] - p[kRightArm];
  seen.heading = std::atan2(-left.z, left.x);  // facing +Z, left is +X: 0
  const glm::quat back = glm::angleAxis(-seen.heading, glm::vec3(0, 1, 0));
  for (int j = 0; j < kJointCount22; ++j) seen.joints[std::size_t(j)] = back * (p[j] - glm::vec3(seen.root.x, 0, seen.root.z));
  return seen;
}

void appendPose(const SeenPose& before, const SeenPose& now, std::vector<float>& values) {
  const float seconds = float(kFrameStep) / 30;
  for (const glm::vec3& p : now.joints) values.insert(values.end(), {p.x, p.y, p.z});
  const glm::vec3 speed = glm::angleAxis(-now.heading, glm::vec3(0, 1, 0)) * (now.root - before.root) / seconds;
  const float turn = std::remainder(now.heading - before.heading, 2 * float(M_PI)) / seconds;
  values.insert(values.end(), {speed.x, speed.y, speed.z, turn});
}

/// Of the second member on, numbered.
std::string nameIn(std::size_t member, const char* array) {
  return member == 0 ? array : std::to_string(member + 1) + "." + array;
}

std::vector<float> ofPieces(const TowerParameters& parameters, std::span<const float> pieces) {
  const std::size_t count = pieces.size() / kTowerPieceInput;
  std::vector<float> pooled(2 * kTowerMotionHidden, 0.0f), piece(kTowerPieceInput);
  for (std::size_t p = 0; p < count; ++p) {
    const std::span<const float> seen = pieces.subspan(p * kTowerPieceInput, kTowerPieceInput);
    for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = (seen[i] - parameters.pieceMean[i]) * parameters.pieceScale[i];
    std::vector<float> hidden = parameters.motionHiddenBias;
    addProduct(parameters.motionHidden, piece, hidden);
    rectify(hidden);
    for (std::size_t h = 0; h < hidden.size(); ++h) {
      pooled[h] += hidden[h] / float(count);
      pooled[kTowerMotionHidden + h] = std::max(pooled[kTowerMotionHidden + h], hidden[h]);
    }
  }
  std::vector<float> out = parameters.motionOutBias;
  addProduct(parameters.motionOut, pooled, out);
  return unit(std::move(out));
}

/// What the members say, one after the other, of unit length: its products with another are the means of theirs.
template <class Say>
std::vector<float> together(const std::vector<TowerParameters>& members, const Say& say) {
  const auto share = float(1 / std::sqrt(double(members.size())));
  std::vector<float> all;
  for (const TowerParameters& member : members) {
    for (const float v : say(member)) all.push_back(share * v);
  }
  return all;
}

}  // namespace

TowerParameters TowerParameters::empty() {
  TowerParameters p;
  for (Array& array : p.arrays()) {
    std::int64_t count = 1;
    for (const std::int64_t n : array.shape) count *= n;
    array.values->assign(std::size_t(count), 0.0f);
  }
  return p;
}

std::vector<TowerParameters::Array> TowerParameters::arrays() {
  return {{"text.direct", {kTowerWidth, kTowerTextInput}, &textDirect, true},
          {"text.hidden", {kTowerTextHidden, kTowerTextInput}, &textHidden, true},
          {"text.hidden.bias", {kTowerTextHidden}, &textHiddenBias, true},
          {"text.out", {kTowerWidth, kTowerTextHidden}, &textOut, true},
          {"text.out.bias", {kTowerWidth}, &textOutBias, true},
          {"piece.mean", {kTowerPieceInput}, &pieceMean, false},
          {"piece.scale", {kTowerPieceInput}, &pieceScale, false},
          {"motion.hidden", {kTowerMotionHidden, kTowerPieceInput}, &motionHidden, true},
          {"motion.hidden.bias", {kTowerMotionHidden}, &motionHiddenBias, true},
          {"motion.out", {kTowerWidth, 2 * kTowerMotionHidden}, &motionOut, true},
          {"motion.out.bias", {kTowerWidth}, &motionOutBias, true}};
}

std::vector<float> towerPieces(const Motion& motion, FrameRange frames) {
  const std::vector<glm::vec3> world = worldPositions(motion);
  const std::int64_t last = motion.frameCount() - 1;
  const std::int64_t samples = std::max<std::int64_t>(kTowerSamples, frames.length() / kFrameStep);
  std::vector<float> poses;
  for (std::int64_t s = 0; s < samples; ++s) {
    const std::int64_t f = std::min(frames.start + s * kFrameStep, std::min(frames.end - 1, last));
    appendPose(seenPose(world, std::max<std::int64_t>(f - kFrameStep, 0)), seenPose(world, f), poses);
  }
  std::vector<float> pieces;
  for (std::int64_t s = 0; s + kTowerSamples <= samples; s += kPieceStep) {
    const auto first = poses.begin() + s * kTowerPoseValues;
    pieces.insert(pieces.end(), first, first + kTowerPieceInput);
  }
  return pieces;
}

std::vector<float> towerTextInput(std::span<const float> sentence, NamedSides sides) {
  std::vector<float> input(sentence.begin(), sentence.end());
  input.resize(kTowerSentence, 0.0f);
  input.push_back(sides.left ? kSideInput : 0.0f);
  input.push_back(sides.right ? kSideInput : 0.0f);
  return input;
}

RetrievalTower::RetrievalTower(std::vector<TowerParameters> members) : members_(std::move(members)) {
  assert(!members_.empty());
  hash_ = sha256Hex(write(members_));
}

std::string RetrievalTower::write(std::vector<TowerParameters> members) {
  SafetensorsWriter writer;
  writer.setMetadata("kind", kKind);
  writer.setMetadata("version", kVersion);
  if (members.size() > 1) writer.setMetadata(kMembers, std::to_string(members.size()));
  for (std::size_t m = 0; m < members.size(); ++m) {
    for (const TowerParameters::Array& array : members[m].arrays()) writer.addFloatsAsHalf(nameIn(m, array.name), array.shape, *array.values);
  }
  return writer.write();
}

Result<RetrievalTower> RetrievalTower::load(const std::filesystem::path& path) {
  const Result<SafetensorsFile> file = SafetensorsFile::load(path);
  if (!file) return file.error();
  const auto told = [&](const char* key) {
    const auto found = file->metadata().find(key);
    return found == file->metadata().end() ? std::string() : found->second;
  };
  const std::string count = told(kMembers);
  const bool isOneDigit = count.size() == 1 && count[0] >= '2' && count[0] <= '9';
  if (told("kind") != kKind || told("version") != kVersion || !(count.empty() || isOneDigit)) {
    return Error{ErrorCode::BadInput, "“" + path.filename().string() + "” is no retrieval tower that this version of Kinescore can read."};
  }
  std::vector<TowerParameters> members(count.empty() ? 1 : std::size_t(count[0] - '0'));
  for (std::size_t m = 0; m < members.size(); ++m) {
    for (const TowerParameters::Array& array : members[m].arrays()) {
      const Result<TensorView> tensor = file->require(nameIn(m, array.name), array.shape);
      if (!tensor) return tensor.error();
      *array.values = tensor->toFloats();
    }
  }
  return RetrievalTower(std::move(members));
}

std::vector<float> RetrievalTower::ofText(std::span<const float> sentence, NamedSides sides) const {
  const std::vector<float> input = towerTextInput(sentence, sides);
  return together(members_, [&](const TowerParameters& p) {
    std::vector<float> hidden = p.textHiddenBias;
    addProduct(p.textHidden, input, hidden);
    rectify(hidden);
    std::vector<float> out = p.textOutBias;
    addProduct(p.textDirect, input, out);
    addProduct(p.textOut, hidden, out);
    return unit(std::move(out));
  });
}

std::vector<float> RetrievalTower::ofMotion(const Motion& motion, FrameRange frames) const {
  const std::vector<float> pieces = towerPieces(motion, frames);
  return together(members_, [&](const TowerParameters& p) { return ofPieces(p, pieces); });
}

}  // namespace kinescore
