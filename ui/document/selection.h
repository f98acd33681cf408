// What the user has picked. The last clicked surface drives the inspector: one of clips, a track,
// the time selection, a take, or nothing.
#pragma once

#include <optional>
#include <set>

#include <QObject>
#include <QString>

#include "engine/timeline/timeline.h"

namespace kinescore {

/// The stretch to make anew: a hold, and a falloff on each side in which the new motion joins the
/// old. Everything outside span() stays bit for bit.
struct TimeSelection {
  TimeRange hold;
  Ticks falloffIn, falloffOut;
  bool operator==(const TimeSelection&) const = default;
  [[nodiscard]] TimeRange span() const { return {hold.start - falloffIn, hold.end + falloffOut}; }
};

class Selection : public QObject {
  Q_OBJECT

 public:
  enum class Surface { Nothing, Clips, Track, Time, Take };

  using QObject::QObject;

  [[nodiscard]] Surface surface() const { return surface_; }
  [[nodiscard]] const std::set<ObjectId>& clips() const { return clips_; }
  [[nodiscard]] bool contains(ObjectId clip) const { return clips_.count(clip) != 0; }
  /// The clip when exactly one is selected.
  [[nodiscard]] std::optional<ObjectId> singleClip() const;
  [[nodiscard]] ObjectId track() const { return track_; }
  [[nodiscard]] const std::optional<TimeSelection>& time() const { return time_; }
  [[nodiscard]] const QString& takeId() const { return takeId_; }

  void selectClips(std::set<ObjectId> clips);
  void selectClip(ObjectId clip) { selectClips({clip}); }
  void toggleClip(ObjectId clip);
  void selectTrack(ObjectId track);
  void selectTake(const QString& takeId);
  void setTime(std::optional<TimeSelection> time);
  void selectNothing();
  /// Forgets what is no longer there.
  void keepExisting(const Timeline& timeline);

 Q_SIGNALS:
  void changed();

 private:
  Surface surface_ = Surface::Nothing;
  std::set<ObjectId> clips_;
  ObjectId track_;
  std::optional<TimeSelection> time_;
  QString takeId_;
};

}  // namespace kinescore
