#include "ui/document/live_preview.h"

#include <mutex>

#include <QMetaObject>

namespace kinescore {

/// Where the engine's thread leaves results. Its owner may be gone by then.
struct LivePreview::Inbox {
  std::mutex mutex;
  LivePreview* owner = nullptr;
};

LivePreview::LivePreview(Session& session, MotionService& service, QObject* parent)
    : QObject(parent), session_(session), service_(service), inbox_(std::make_shared<Inbox>()) {
  inbox_->owner = this;
  connect(&session.document(), &TimelineDocument::changed, this, [this] {
    if (isOn_ && session_.document().isInGesture()) {
      solveCoarsely();
    }
  });
  // After whoever holds the gesture has put everything away.
  connect(&session.document(), &TimelineDocument::gestureEnded, this, &LivePreview::endGesture, Qt::QueuedConnection);
  connect(&session.document(), &TimelineDocument::replaced, this, &LivePreview::drop);
  connect(&session.jobs(), &GenerationJobs::failed, this, &LivePreview::drop);
  connect(&session.jobs(), &GenerationJobs::cancelled, this, &LivePreview::drop);
}

LivePreview::~LivePreview() {
  const std::lock_guard lock(inbox_->mutex);
  inbox_->owner = nullptr;
  if (job_) {
    service_.cancel(*job_);
  }
}

void LivePreview::setOn(bool on) {
  if (isOn_ == on) {
    return;
  }
  isOn_ = on;
  if (!on) {
    drop();
  }
  Q_EMIT switched(on);
}

void LivePreview::solveCoarsely() {
  if (good_) {  // it would solve what is being changed
    const JobId id = *std::exchange(good_, std::nullopt);
    session_.jobs().cancel(id);
  }
  if (session_.jobs().isBusy()) {
    return;  // what the author asked for goes first
  }
  if (job_) {
    isAgainWanted_ = true;
    return;
  }
  isAgainWanted_ = false;
  const Result<GenerationRequest> request = session_.changedRequest(Quality::Draft);
  if (!request) {
    return;  // half-typed, half-dragged: nothing to show of it
  }
  JobCallbacks callbacks;
  callbacks.onFinished = [inbox = inbox_](JobId id, Result<GeneratedMotion> result) {
    const std::lock_guard lock(inbox->mutex);
    if (inbox->owner != nullptr) {
      QMetaObject::invokeMethod(
          inbox->owner,
          [inbox, id, result = std::move(result)]() mutable { inbox->owner->onFinished(id, std::move(result)); },
          Qt::QueuedConnection);
    }
  };
  job_ = service_.submit(*request, std::move(callbacks));
}

void LivePreview::onFinished(JobId id, Result<GeneratedMotion> result) {
  if (job_ != id) {
    return;
  }
  job_.reset();
  if (result && isOn_) {
    ++shownPreviews_;
    session_.setPreview(result->motion);
  }
  if (isAgainWanted_ && session_.document().isInGesture()) {
    solveCoarsely();
  }
}

void LivePreview::endGesture(bool changed) {
  if (!isOn_ || session_.document().isInGesture()) {
    return;
  }
  isAgainWanted_ = false;
  if (job_) {
    service_.cancel(*std::exchange(job_, std::nullopt));
  }
  if (!changed) {
    session_.setPreview(nullptr);
    return;
  }
  // The preview stays until the good one takes its place.
  const bool wasBusy = session_.jobs().isBusy();
  if (session_.changesSinceShown() > 0 && session_.generate().ok()) {
    good_ = wasBusy ? std::nullopt : std::optional(session_.jobs().jobs().back().id);
  } else {
    session_.setPreview(nullptr);
  }
}

void LivePreview::drop() {
  isAgainWanted_ = false;
  good_.reset();
  if (job_) {
    service_.cancel(*std::exchange(job_, std::nullopt));
  }
  session_.setPreview(nullptr);
}

}  // namespace kinescore
