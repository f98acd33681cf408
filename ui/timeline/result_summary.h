// What the rows under the tracks show of a take: which frames keep what was asked, the feet on the
// ground, and where each frame came from. Made once a take.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <QString>

#include "engine/request/take.h"

namespace kinescore {

/// Frames of one origin: made by this take, or copied from an older one bit for bit.
struct OriginRun {
  FrameRange frames;  // engine frames
  bool isNew = false;
  QString hash;  // of these frames, "9c41 e07b"
};

/// A pose or a target that was asked for in full and is off by more than its tolerance.
template <class Asked>
struct MissedKey {
  Asked asked;
  float meters = 0;  // of the worst joint
};

struct ResultSummary {
  /// [frames] 1: everything asked here is met; 0: far off. 1 where nothing exact is asked. Measured as the report does.
  std::vector<float> fulfilment;
  /// [frames] true where something is off by more than its tolerance.
  std::vector<bool> missed;
  std::vector<OriginRun> origins;
  /// [4] runs of contact, order kContactJoints.
  std::vector<std::vector<FrameRange>> contacts;
  /// [4] where the foot slides meanwhile; each lies within one run.
  std::vector<std::vector<FrameRange>> slides;
  /// Contacts that were asked for and do not stand: by their part of the foot and start.
  std::vector<std::pair<int, Ticks>> unmetContacts;
  /// In order of time.
  std::vector<MissedKey<PoseKeyRequest>> missedPoses;
  std::vector<MissedKey<TargetRequest>> missedTargets;
};

[[nodiscard]] ResultSummary summarize(const Take& take);

/// How far the worst joint of a pose or target is off in a take that was asked for just this, metres; nothing where it is
/// kept within its tolerance or was not asked for in full.
[[nodiscard]] std::optional<float> missedBy(const Take& take, const Clip& clip);
/// The same, looked up: for what is drawn often.
[[nodiscard]] std::optional<float> missedBy(const ResultSummary& summary, const Clip& clip);

/// "9c41 e07b": the first eight digits of a hash as people compare them.
[[nodiscard]] QString shortHash(const std::string& hash);

}  // namespace kinescore
