// The motion follows while something is dragged: a coarse solve of what changed, again and again, and a good one when it is
// let go. Behind a switch.
#pragma once

#include <memory>
#include <optional>

#include <QObject>

#include "engine/generation/motion_service.h"
#include "ui/document/session.h"

namespace kinescore {

class LivePreview : public QObject {
  Q_OBJECT

 public:
  LivePreview(Session& session, MotionService& service, QObject* parent = nullptr);
  ~LivePreview() override;

  [[nodiscard]] bool isOn() const { return isOn_; }
  void setOn(bool on);
  /// A coarse solve is under way.
  [[nodiscard]] bool isSolving() const { return job_.has_value(); }
  /// How many coarse solves came to the screen; for tests.
  [[nodiscard]] int shownPreviews() const { return shownPreviews_; }

 Q_SIGNALS:
  void switched(bool on);

 private:
  struct Inbox;
  void solveCoarsely();
  void onFinished(JobId id, Result<GeneratedMotion> result);
  void endGesture(bool changed);
  void drop();

  Session& session_;
  MotionService& service_;
  bool isOn_ = false;
  bool isAgainWanted_ = false;  // something moved since the one under way began
  std::optional<JobId> job_;
  std::optional<JobId> good_;   // asked for by itself; given up by the next drag
  int shownPreviews_ = 0;
  std::shared_ptr<Inbox> inbox_;  // outlives this object for callbacks that are late
};

}  // namespace kinescore
