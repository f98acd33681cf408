#include "ui/timeline/timeline_layout.h"

#include <algorithm>
#include <array>

namespace kinescore {
namespace {

constexpr int kFoldedHeight = 18;
constexpr int kTakeLaneHeight = 22;

/// Compact, normal, tall.
std::array<int, 3> heightsOf(TrackKind kind) {
  switch (kind) {
    case TrackKind::Text: return {18, 33, 52};
    case TrackKind::PartText:
    case TrackKind::Reference: return {18, 26, 44};
    case TrackKind::Audio: return {20, 40, 96};
    case TrackKind::Video: return {20, 36, 72};
    case TrackKind::Pose:
    case TrackKind::Path: return {18, 27, 44};
    case TrackKind::Contact: return {14, 40, 60};
  }
  return {18, 27, 44};
}

int laneHeightOf(const Track& track) {
  return track.folded ? kFoldedHeight : heightsOf(track.kind)[std::size_t(std::clamp(track.height, 0, 2))];
}

}  // namespace

int rowHeight(const Track& track, const TrackIndex& index) {
  const bool isKeys = track.kind == TrackKind::Pose || track.kind == TrackKind::Contact;
  const int lanes = track.folded || isKeys ? 1 : std::max(1, index.laneCount());
  return laneHeightOf(track) * lanes + (track.kind == TrackKind::Text && !track.folded ? 4 : 1);
}

void TimelineLayout::update(const Timeline& timeline, bool hasTake, const std::vector<std::shared_ptr<const Take>>& lanes) {
  std::vector<TimelineRow> rows;
  indexedTracks_ = 0;
  int y = 0;
  bool areContactsShown = !hasTake;
  for (const auto& track : timeline.tracks()) {
    TimelineRow row;
    row.track = track;
    const TimelineRow* old = rowOf(track->id);
    // Shared until it changes: the same vector means the same clips.
    if (old != nullptr && &timeline_.clipsOf(track->id) == &timeline.clipsOf(track->id) &&
        old->index->clipCount() == int(timeline.clipsOf(track->id).size())) {
      row.index = old->index;
    } else {
      row.index = std::make_shared<const TrackIndex>(timeline, track->id);
      ++indexedTracks_;
    }
    row.laneHeight = laneHeightOf(*track);
    row.showsFound = hasTake && !areContactsShown && track->kind == TrackKind::Contact;
    areContactsShown = areContactsShown || row.showsFound;
    row.y = y;
    row.height = rowHeight(*track, *row.index);
    y = row.bottom();
    rows.push_back(std::move(row));
  }
  for (const RowKind kind : {RowKind::FoundContacts, RowKind::Result}) {
    if (kind == RowKind::FoundContacts && areContactsShown) {
      continue;
    }
    TimelineRow row;
    row.kind = kind;
    row.y = y;
    row.laneHeight = 40;
    row.height = 40;
    y = row.bottom();
    rows.push_back(row);
  }
  for (const auto& take : lanes) {
    TimelineRow row;
    row.kind = RowKind::TakeLane;
    row.take = take;
    row.y = y;
    row.laneHeight = row.height = kTakeLaneHeight;
    y = row.bottom();
    rows.push_back(row);
  }
  rows_ = std::move(rows);
  timeline_ = timeline;
}

const TimelineRow* TimelineLayout::rowAt(int y) const {
  for (const TimelineRow& row : rows_) {
    if (y >= row.y && y < row.bottom()) {
      return &row;
    }
  }
  return nullptr;
}

const TimelineRow* TimelineLayout::rowOf(ObjectId track) const {
  for (const TimelineRow& row : rows_) {
    if (row.track && row.track->id == track) {
      return &row;
    }
  }
  return nullptr;
}

}  // namespace kinescore
