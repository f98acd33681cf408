// Two small nets that put sentences and motion at one place: what a prompt means is near the motion that
// does it. Beside the likeness of the words it tells which captured moments fit a prompt.
//
// Trained by `kinescore library train-tower` on the train clips alone. It shares nothing with the
// evaluators, which judge what was generated.
//
//   sentence [384], left, right ─► linear + hidden 64 ─► 128, unit length
//   motion, 10 poses a second, in pieces of 0.5 s ─► hidden 96 ─► mean and highest over the pieces ─► 128, unit length
//
// Several such pairs, trained from other seeds, are one tower: likeness is the mean of theirs, in which the errors that
// are each one's own cancel.
#pragma once

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/library/library.h"
#include "engine/library/reference_search.h"

namespace kinescore {

constexpr int kTowerWidth = 128;                  // of a member
constexpr int kTowerSentence = 384;               // of the text model
constexpr int kTowerTextInput = kTowerSentence + 2;
constexpr int kTowerTextHidden = 64;
constexpr int kTowerSamples = 5;                  // poses of a piece, 10 a second
constexpr int kTowerPoseValues = kJointCount22 * 3 + 4;  // joints about the root, in its heading; speed; turn
constexpr int kTowerPieceInput = kTowerSamples * kTowerPoseValues;
constexpr int kTowerMotionHidden = 96;

/// Row-major, [outputs][inputs].
struct TowerParameters {
  std::vector<float> textDirect, textHidden, textHiddenBias, textOut, textOutBias;
  std::vector<float> pieceMean, pieceScale;       // of the inputs: (x − mean) · scale
  std::vector<float> motionHidden, motionHiddenBias, motionOut, motionOutBias;

  /// All zero.
  [[nodiscard]] static TowerParameters empty();
  struct Array {
    const char* name;
    std::vector<std::int64_t> shape;
    std::vector<float>* values;
    bool isLearned;
  };
  [[nodiscard]] std::vector<Array> arrays();
};

/// Pieces of a part of a clip, [pieces][kTowerPieceInput]; at least one, of the last frame held if need be.
[[nodiscard]] std::vector<float> towerPieces(const Motion& motion, FrameRange frames);
/// What the text net is given.
[[nodiscard]] std::vector<float> towerTextInput(std::span<const float> sentence, NamedSides sides);

class RetrievalTower {
 public:
  /// At least one member.
  explicit RetrievalTower(std::vector<TowerParameters> members);
  [[nodiscard]] static Result<RetrievalTower> load(const std::filesystem::path& file);
  /// Half precision.
  [[nodiscard]] static std::string write(std::vector<TowerParameters> members);

  /// kTowerWidth values a member.
  [[nodiscard]] int width() const { return int(members_.size()) * kTowerWidth; }
  /// Unit length, `width()` values.
  [[nodiscard]] std::vector<float> ofText(std::span<const float> sentence, NamedSides sides) const;
  [[nodiscard]] std::vector<float> ofMotion(const Motion& motion, FrameRange frames) const;
  /// Of the parameters: an index tells by which tower its vectors were made.
  [[nodiscard]] const std::string& hash() const { return hash_; }

 private:
  std::vector<TowerParameters> members_;
  std::string hash_;
};

}  // namespace kinescore
