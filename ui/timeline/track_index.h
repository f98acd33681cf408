// The clips of one track, ready to be drawn and hit: sorted, spread over lanes so that none overlaps
// another in its lane. Cost of drawing follows what is visible, not what there is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/timeline/timeline.h"

namespace kinescore {

/// One thing to draw: a clip, or a run of things too small to tell apart.
struct VisibleItem {
  std::shared_ptr<const Clip> clip;  // null for a run
  int lane = 0;
  TimeRange span;
  int count = 1;  // clips in a run
};

class TrackIndex {
 public:
  TrackIndex(const Timeline& timeline, ObjectId track);

  [[nodiscard]] int laneCount() const { return int(lanes_.size()); }
  [[nodiscard]] int clipCount() const { return clipCount_; }
  /// By bisection in each lane; 0 when it is in none.
  [[nodiscard]] int laneOf(const Clip& clip) const;

  /// What lies in `range`; clips shorter than `least` that stand closer together than it become one
  /// run. Searches by bisection and jumps over what it folds.
  void collect(TimeRange range, Ticks least, std::vector<VisibleItem>& items) const;
  /// The clip of a lane at a time, the later one where keys share a pixel; null when none is there.
  [[nodiscard]] std::shared_ptr<const Clip> findAt(int lane, Ticks from, Ticks to) const;
  /// The start or end nearest to `time`, of clips that `isLeftOut` does not name; false when there
  /// is none nearer than `within`. Looks at the neighbours only.
  template <class LeftOut>
  bool nearestEdge(Ticks time, Ticks within, const LeftOut& isLeftOut, Ticks& edge) const;

 private:
  struct Lane {
    std::vector<std::int64_t> starts, ends;  // both ascending
    std::vector<std::shared_ptr<const Clip>> clips;
  };
  std::vector<Lane> lanes_;
  int clipCount_ = 0;
};

template <class LeftOut>
bool TrackIndex::nearestEdge(Ticks time, Ticks within, const LeftOut& isLeftOut, Ticks& edge) const {
  std::int64_t best = within.value + 1;
  for (const Lane& lane : lanes_) {
    for (const std::vector<std::int64_t>* edges : {&lane.starts, &lane.ends}) {
      auto at = std::lower_bound(edges->begin(), edges->end(), time.value - within.value);
      for (; at != edges->end() && *at <= time.value + within.value; ++at) {
        const std::int64_t distance = *at < time.value ? time.value - *at : *at - time.value;
        if (distance < best && !isLeftOut(lane.clips[std::size_t(at - edges->begin())]->id)) {
          best = distance;
          edge = {*at};
        }
      }
    }
  }
  return best <= within.value;
}

}  // namespace kinescore
