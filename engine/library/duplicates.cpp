#include "engine/library/duplicates.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <tuple>
#include <unordered_map>

#include <glm/glm.hpp>

#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr std::int64_t kQueryStep = 10;    // frames between two moments that are looked up
constexpr std::int64_t kIndexStep = 2;
constexpr float kNear = 0.05f;             // m, from here a pose meets another (root mean square)
constexpr float kCell = 0.10f;             // m, of the index
constexpr int kMeetingsPerMoment = 4;      // with one clip
constexpr std::size_t kMostMeetings = 400; // of a pair of clips
constexpr float kMoving = 0.05f;           // m/s, mean over the joints; slower moments are not looked up
constexpr double kLineTolerance = 2.5;     // frames
constexpr double kEnds = 0.9;              // of a clip is all of it: ends are often trimmed
constexpr double kSameSpeed = 0.03;
constexpr float kApart = 2.0f;             // a frame farther than this times the allowed mean ends a run

using Posed = std::array<glm::vec3, kJointCount22>;

/// The poses of a clip about the hips, facing +Z.
struct PosedClip {
  std::vector<Posed> frames;
  std::vector<float> running;  // m: the joints' mean way about the hips until here

  [[nodiscard]] std::int64_t count() const { return std::int64_t(frames.size()); }
  [[nodiscard]] float speed(std::int64_t f, float fps) const {
    const std::int64_t a = std::max<std::int64_t>(f - 2, 0), b = std::min(f + 2, count() - 1);
    return b > a ? (running[b] - running[a]) * fps / float(b - a) : 0;
  }
};

PosedClip posedClip(const Motion& motion) {
  PosedClip clip;
  WorldPose world;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    forwardKinematicsInto(*motion.skeleton, motion.pose(f), world);
    const float heading = headingOf(world), c = std::cos(heading), s = std::sin(heading);
    Posed& posed = clip.frames.emplace_back();
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::vec3 p = world.positions[j] - world.positions[kHips];
      posed[j] = {c * p.x - s * p.z, p.y, s * p.x + c * p.z};
    }
    float way = 0;
    if (f > 0) {
      for (int j = 0; j < kJointCount22; ++j) way += glm::length(posed[j] - clip.frames[f - 1][j]) / kJointCount22;
    }
    clip.running.push_back((f > 0 ? clip.running.back() : 0) + way);
  }
  return clip;
}

Posed mirroredPose(const Posed& pose) {
  Posed result;
  for (int j = 0; j < kJointCount22; ++j) result[kMirrorJoint22[j]] = {-pose[j].x, pose[j].y, pose[j].z};
  return result;
}

float squareDistance(const Posed& a, const Posed& b, float atMost) {
  float sum = 0;
  for (int j = kJointCount22 - 1; j >= 0; --j) {  // hands and feet, which differ most, come first
    const glm::vec3 d = a[j] - b[j];
    sum += glm::dot(d, d);
    if (sum > atMost) break;
  }
  return sum;
}

/// Poses by where hands and feet are, in coarse cells.
class Index {
 public:
  struct Place {
    int clip;
    std::int32_t frame;
  };

  explicit Index(const std::vector<PosedClip>& clips) : clips_(clips) {
    for (std::size_t c = 0; c < clips.size(); ++c) {
      for (std::int64_t f = 0; f < clips[c].count(); f += kIndexStep) {
        cells_[keyOf(cellOf(clips[c].frames[f]))].push_back({int(c), std::int32_t(f)});
      }
    }
  }

  /// Calls back for every indexed pose that is near.
  template <class Found>
  void meet(const Posed& pose, const Found& found) const {
    constexpr float kLimit = kNear * kNear * kJointCount22;
    // A single hand may be farther off than half a cell and still near in the mean; such meetings are
    // missed here and found at another moment.
    const auto exact = projected(pose);
    std::array<int, kAxes> low{};
    for (int a = 0; a < kAxes; ++a) low[a] = int(std::floor(exact[a] / kCell - 0.5f));
    for (int corner = 0; corner < (1 << kAxes); ++corner) {
      std::array<int, kAxes> cell = low;
      for (int a = 0; a < kAxes; ++a) cell[a] += (corner >> a) & 1;
      const auto at = cells_.find(keyOf(cell));
      if (at == cells_.end()) continue;
      for (const Place& place : at->second) {
        const float square = squareDistance(pose, clips_[place.clip].frames[place.frame], kLimit);
        if (square < kLimit) found(place, square);
      }
    }
  }

 private:
  static constexpr int kAxes = 5;
  static std::array<float, kAxes> projected(const Posed& pose) {
    return {pose[kLeftHand].y, pose[kRightHand].y, pose[kLeftHand].z - pose[kRightHand].z, pose[kLeftFoot].z - pose[kRightFoot].z,
            pose[kLeftFoot].y - pose[kRightFoot].y};
  }
  static std::array<int, kAxes> cellOf(const Posed& pose) {
    std::array<int, kAxes> cell{};
    const auto values = projected(pose);
    for (int a = 0; a < kAxes; ++a) cell[a] = int(std::floor(values[a] / kCell));
    return cell;
  }
  static std::uint64_t keyOf(const std::array<int, kAxes>& cell) {
    std::uint64_t key = 0;
    for (const int c : cell) key = key << 12 | std::uint64_t((c + 2048) & 0xfff);
    return key;
  }

  const std::vector<PosedClip>& clips_;
  std::unordered_map<std::uint64_t, std::vector<Place>> cells_;
};

struct Meeting {
  float asked, met;  // frames of the two clips
  float square;
};

/// met = slope · asked + start
struct Line {
  double slope = 1, start = 0;
  int support = 0;
  [[nodiscard]] double at(double asked) const { return slope * asked + start; }
};

Line bestLine(const std::vector<Meeting>& meetings, double fastest) {
  Line best;
  // Pairs of meetings far enough apart to tell a slope; every k-th when there are many.
  const std::size_t step = std::max<std::size_t>(1, meetings.size() / 60);
  for (std::size_t i = 0; i < meetings.size(); i += step) {
    for (std::size_t k = i + 1; k < meetings.size(); k += step) {
      const double asked = double(meetings[k].asked) - meetings[i].asked;
      if (std::abs(asked) < 2 * kQueryStep) continue;
      Line line{(double(meetings[k].met) - meetings[i].met) / asked, 0, 0};
      if (!(line.slope > 1 / fastest && line.slope < fastest)) continue;
      line.start = meetings[i].met - line.slope * meetings[i].asked;
      float last = -1;
      for (const Meeting& m : meetings) {  // in order of `asked`: each moment counts once
        if (m.asked == last || std::abs(line.at(m.asked) - m.met) > kLineTolerance * std::max(1.0, line.slope)) continue;
        last = m.asked;
        ++line.support;
      }
      if (line.support > best.support) best = line;
    }
  }
  return best;
}

class Pair {
 public:
  Pair(const PosedClip& asked, const PosedClip& met, bool mirrored) : asked_(asked), met_(met), mirrored_(mirrored) {}

  float distanceAt(const Line& line, std::int64_t frame) const {
    const double place = line.at(double(frame));
    if (place < 0 || place > double(met_.count() - 1)) return -1;
    const std::int64_t below = std::min<std::int64_t>(std::int64_t(place), std::max<std::int64_t>(met_.count() - 2, 0));
    const float share = float(place - double(below));
    const Posed pose = mirrored_ ? mirroredPose(asked_.frames[frame]) : asked_.frames[frame];
    float sum = 0;
    for (int j = 0; j < kJointCount22; ++j) {
      const glm::vec3 between = glm::mix(met_.frames[below][j], met_.frames[std::min(below + 1, met_.count() - 1)][j], share);
      const glm::vec3 d = pose[j] - between;
      sum += glm::dot(d, d);
    }
    return std::sqrt(sum / kJointCount22);
  }

  /// Mean over every `step`-th frame of a range that the line has in both; large when there is little.
  double meanOver(const Line& line, FrameRange frames, std::int64_t step) const {
    double sum = 0;
    int count = 0;
    for (std::int64_t f = frames.start; f < frames.end; f += step) {
      const float distance = distanceAt(line, f);
      if (distance < 0) continue;
      sum += std::min(distance, 0.3f);
      ++count;
    }
    return count < 4 ? 1e9 : sum / count;
  }

  /// Small moves of both ends of the line while they help.
  Line refined(Line line, FrameRange frames) const {
    const std::int64_t step = std::max<std::int64_t>(1, frames.length() / 60);
    double best = meanOver(line, frames, step);
    const double a = double(frames.start), b = double(frames.end - 1);
    for (double move = 2; move > 0.1; move /= 2) {
      for (int round = 0; round < 4; ++round) {
        bool moved = false;
        for (const auto& [da, db] : {std::pair{move, 0.0}, {-move, 0.0}, {0.0, move}, {0.0, -move}, {move, move}, {-move, -move}}) {
          const double ya = line.at(a) + da, yb = line.at(b) + db;
          Line trial{(yb - ya) / (b - a), 0, line.support};
          trial.start = ya - trial.slope * a;
          if (!(trial.slope > 0.05)) continue;
          const double mean = meanOver(trial, frames, step);
          if (mean >= best) continue;
          best = mean;
          line = trial;
          moved = true;
        }
        if (!moved) break;
      }
    }
    return line;
  }

  /// The longest run of frames of `asked` that stay near on the line; short gaps do not end it.
  FrameRange longestRun(const Line& line, float apart) const {
    FrameRange best{0, 0}, run{0, 0};
    int gap = 0;
    constexpr int kLongestGap = 5;
    for (std::int64_t f = 0; f < asked_.count(); ++f) {
      const float distance = distanceAt(line, f);
      const bool isNear = distance >= 0 && distance < apart;
      if (isNear) {
        if (run.isEmpty()) run.start = f;
        run.end = f + 1;
        gap = 0;
        if (run.length() > best.length()) best = run;
      } else if (!run.isEmpty() && ++gap > kLongestGap) {
        run = {f, f};
      }
    }
    return best;
  }

 private:
  const PosedClip& asked_;
  const PosedClip& met_;
  bool mirrored_;
};

class Search {
 public:
  Search(std::span<const Motion* const> motions, const DuplicateOptions& options) : options_(options) {
    for (const Motion* motion : motions) {
      assert(motion->jointCount() == kJointCount22);
      clips_.push_back(posedClip(*motion));
    }
    fps_ = motions.empty() ? 30 : motions.front()->rate.fps();
  }

  void build() { index_ = std::make_unique<Index>(clips_); }

  /// What a clip shares with any other. A pair is met from both sides.
  void ask(int asking, std::vector<Duplicate>& found) const {
    const PosedClip& clip = clips_[asking];
    std::map<std::pair<int, bool>, std::vector<Meeting>> meetings;
    for (std::int64_t f = kQueryStep / 2; f < clip.count(); f += kQueryStep) {
      if (clip.speed(f, float(fps_)) < kMoving) continue;
      for (const bool mirror : {false, true}) meetMoment(asking, f, mirror, meetings);
    }
    for (auto& [key, list] : meetings) {
      if (list.size() >= 3) judge(asking, key.first, key.second, list, found);
    }
  }
  int count() const { return int(clips_.size()); }

 private:
  void meetMoment(int asking, std::int64_t frame, bool mirror, std::map<std::pair<int, bool>, std::vector<Meeting>>& meetings) const {
    const Posed pose = mirror ? mirroredPose(clips_[asking].frames[frame]) : clips_[asking].frames[frame];
    std::map<int, std::vector<Meeting>> near;
    index_->meet(pose, [&](const Index::Place& place, float square) {
      if (place.clip != asking) near[place.clip].push_back({float(frame), float(place.frame), square});
    });
    for (auto& [clip, list] : near) {
      // one for each time the other clip comes by
      std::sort(list.begin(), list.end(), [](const Meeting& a, const Meeting& b) { return a.square < b.square; });
      std::vector<Meeting> kept;
      for (const Meeting& m : list) {
        const bool isNew = std::none_of(kept.begin(), kept.end(), [&](const Meeting& k) { return std::abs(k.met - m.met) < 8; });
        if (isNew) kept.push_back(m);
        if (int(kept.size()) == kMeetingsPerMoment) break;
      }
      auto& all = meetings[{clip, mirror}];
      if (all.size() < kMostMeetings) all.insert(all.end(), kept.begin(), kept.end());
    }
  }

  void judge(int asking, int met, bool mirror, const std::vector<Meeting>& meetings, std::vector<Duplicate>& found) const {
    const Pair pair(clips_[asking], clips_[met], mirror);
    Line line = bestLine(meetings, options_.fastest);
    if (line.support < 3) return;
    const float apart = kApart * float(options_.meters);
    FrameRange run = pair.longestRun(line, 3 * apart);
    if (run.length() < kQueryStep) return;
    line = pair.refined(line, run);
    run = pair.longestRun(line, apart);
    if (run.length() < kQueryStep) return;
    line = pair.refined(line, run);
    run = pair.longestRun(line, apart);
    if (run.length() < 2) return;
    Duplicate duplicate;
    duplicate.meters = pair.meanOver(line, run, 1);
    const std::int64_t last = clips_[met].count();
    const FrameRange there{std::clamp<std::int64_t>(std::llround(line.at(double(run.start))), 0, last - 1),
                           std::clamp<std::int64_t>(std::llround(line.at(double(run.end - 1))) + 1, 1, last)};
    const double travel = clips_[asking].running[run.end - 1] - clips_[asking].running[run.start];
    const double seconds = double(std::min(run.length(), there.length())) / fps_;
    if (duplicate.meters > options_.meters || travel < options_.travel || seconds < options_.seconds) return;
    const bool keepsAsking = clips_[asking].count() > last || (clips_[asking].count() == last && asking < met);
    duplicate.kept = keepsAsking ? asking : met;
    duplicate.other = keepsAsking ? met : asking;
    duplicate.keptFrames = keepsAsking ? run : there;
    duplicate.otherFrames = keepsAsking ? there : run;
    duplicate.speed = keepsAsking ? 1 / line.slope : line.slope;
    duplicate.mirrored = mirror;
    const double ofKept = double(duplicate.keptFrames.length()) / double(clips_[duplicate.kept].count());
    const double ofOther = double(duplicate.otherFrames.length()) / double(clips_[duplicate.other].count());
    if (ofOther < kEnds) {
      duplicate.likeness = Likeness::Overlap;
    } else if (ofKept < kEnds) {
      duplicate.likeness = Likeness::Cut;
    } else {
      duplicate.likeness = std::abs(duplicate.speed - 1) < kSameSpeed ? Likeness::Same : Likeness::Retimed;
    }
    found.push_back(duplicate);
  }

  DuplicateOptions options_;
  std::vector<PosedClip> clips_;
  std::unique_ptr<Index> index_;
  double fps_ = 30;
};

}  // namespace

std::string_view nameOf(Likeness likeness) {
  constexpr std::string_view kNames[] = {"same", "retimed", "cut", "overlap"};
  return kNames[int(likeness)];
}

std::vector<Duplicate> findDuplicates(std::span<const Motion* const> motions, const DuplicateOptions& options,
                                      const std::function<void(int, int)>& progress, std::stop_token stop) {
  Search search(motions, options);
  search.build();
  std::vector<Duplicate> found;
  for (int c = 0; c < search.count(); ++c) {
    if (stop.stop_requested()) return {};
    if (progress) progress(c, search.count());
    search.ask(c, found);
  }
  // A pair is found from both sides, often both mirrored and not: the nearest counts.
  std::sort(found.begin(), found.end(), [](const Duplicate& a, const Duplicate& b) {
    return std::tuple(a.kept, a.other, a.likeness == Likeness::Overlap, a.meters) <
           std::tuple(b.kept, b.other, b.likeness == Likeness::Overlap, b.meters);
  });
  found.erase(std::unique(found.begin(), found.end(), [](const Duplicate& a, const Duplicate& b) { return a.kept == b.kept && a.other == b.other; }),
              found.end());
  return found;
}

}  // namespace kinescore
