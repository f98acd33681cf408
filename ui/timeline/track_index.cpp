#include "ui/timeline/track_index.h"

#include <functional>
#include <queue>

namespace kinescore {

TrackIndex::TrackIndex(const Timeline& timeline, ObjectId track) {
  const auto& clips = timeline.clipsOf(track);
  clipCount_ = int(clips.size());
  // The first lane that is free: neighbours that overlap go below one another. Lanes are kept by when they come free,
  // so that also a pile of clips over the same time is laid out in n log n.
  using Busy = std::pair<std::int64_t, std::size_t>;  // until when, which lane
  std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy;
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> free;
  for (const auto& clip : clips) {
    while (!busy.empty() && busy.top().first <= clip->span.start.value) {
      free.push(busy.top().second);
      busy.pop();
    }
    if (free.empty()) {
      free.push(lanes_.size());
      lanes_.emplace_back();
    }
    const std::size_t index = free.top();
    free.pop();
    busy.emplace(clip->span.end.value, index);
    Lane& lane = lanes_[index];
    lane.starts.push_back(clip->span.start.value);
    lane.ends.push_back(clip->span.end.value);
    lane.clips.push_back(clip);
  }
}

int TrackIndex::laneOf(const Clip& clip) const {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    const Lane& lane = lanes_[i];
    const auto at = std::lower_bound(lane.starts.begin(), lane.starts.end(), clip.span.start.value) - lane.starts.begin();
    if (std::size_t(at) < lane.clips.size() && lane.clips[std::size_t(at)]->id == clip.id) {
      return int(i);
    }
  }
  return 0;
}

void TrackIndex::collect(TimeRange range, Ticks least, std::vector<VisibleItem>& items) const {
  for (std::size_t l = 0; l < lanes_.size(); ++l) {
    const Lane& lane = lanes_[l];
    std::size_t i = std::size_t(
        std::upper_bound(lane.ends.begin(), lane.ends.end(), range.start.value) - lane.ends.begin());
    while (i < lane.clips.size() && lane.starts[i] < range.end.value) {
      std::size_t next = i + 1;
      if (lane.ends[i] - lane.starts[i] < least.value) {
        const auto from = lane.starts.begin() + std::ptrdiff_t(i);
        next = std::size_t(std::lower_bound(from, lane.starts.end(), lane.starts[i] + least.value) -
                           lane.starts.begin());
        // Only the last one can be long, for in a lane nothing overlaps.
        if (next - i > 1 && lane.ends[next - 1] - lane.starts[next - 1] >= least.value) {
          --next;
        }
        next = std::max(next, i + 1);
      }
      VisibleItem item;
      item.lane = int(l);
      item.count = int(next - i);
      item.span = {{lane.starts[i]}, {lane.ends[next - 1]}};
      if (item.count == 1) {
        item.clip = lane.clips[i];
      } else if (!items.empty() && items.back().lane == item.lane && items.back().clip == nullptr &&
                 item.span.start - items.back().span.end < least) {
        items.back().span.end = item.span.end;
        items.back().count += item.count;
        i = next;
        continue;
      }
      items.push_back(std::move(item));
      i = next;
    }
  }
}

std::shared_ptr<const Clip> TrackIndex::findAt(int lane, Ticks from, Ticks to) const {
  if (lane < 0 || lane >= laneCount()) {
    return nullptr;
  }
  const Lane& l = lanes_[std::size_t(lane)];
  const auto after = std::upper_bound(l.starts.begin(), l.starts.end(), to.value);
  if (after == l.starts.begin()) {
    return nullptr;
  }
  const std::size_t i = std::size_t(after - l.starts.begin()) - 1;
  return l.ends[i] > from.value ? l.clips[i] : nullptr;
}

}  // namespace kinescore
