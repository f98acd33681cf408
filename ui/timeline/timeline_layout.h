// Which row stands where: tracks from top to bottom, then what the shown take brought (contacts, unless
// a contact track shows them; result; the takes under it when they are unfolded). Pixels of the whole document, before scrolling.
#pragma once

#include <memory>
#include <vector>

#include "engine/request/take.h"
#include "ui/timeline/track_index.h"

namespace kinescore {

enum class RowKind { Track, FoundContacts, Result, TakeLane };

struct TimelineRow {
  RowKind kind = RowKind::Track;
  std::shared_ptr<const Track> track;  // only of a track
  std::shared_ptr<const TrackIndex> index;
  std::shared_ptr<const Take> take;    // only of a take's lane: frames are swiped from it
  int y = 0;           // from the top of the first row
  int height = 0;      // with its seam of one pixel at the bottom
  int laneHeight = 0;  // distance from lane to lane
  bool showsFound = false;  // the contacts of the shown take lie here, too
  [[nodiscard]] int bottom() const { return y + height; }
};

/// With its seam, for the height that the track asks for.
[[nodiscard]] int rowHeight(const Track& track, const TrackIndex& index);

class TimelineLayout {
 public:
  /// Rebuilds the rows; tracks whose clips are the same objects keep their index.
  /// `lanes`: takes under the result, from top to bottom.
  void update(const Timeline& timeline, bool hasTake, const std::vector<std::shared_ptr<const Take>>& lanes = {});

  [[nodiscard]] const std::vector<TimelineRow>& rows() const { return rows_; }
  [[nodiscard]] int height() const { return rows_.empty() ? 0 : rows_.back().bottom(); }
  [[nodiscard]] const TimelineRow* rowAt(int y) const;
  [[nodiscard]] const TimelineRow* rowOf(ObjectId track) const;
  /// Tracks indexed anew by the last update: an edit of one clip indexes one track.
  [[nodiscard]] int indexedTracks() const { return indexedTracks_; }

 private:
  std::vector<TimelineRow> rows_;
  Timeline timeline_;  // what the indexes were made of; keeps their clips alive
  int indexedTracks_ = 0;
};

}  // namespace kinescore
