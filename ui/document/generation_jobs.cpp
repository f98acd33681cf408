#include "ui/document/generation_jobs.h"

#include <algorithm>
#include <mutex>

#include <QMetaObject>

namespace kinescore {

/// Where the engine's thread leaves messages. Its owner may be gone by then.
struct GenerationJobs::Inbox {
  std::mutex mutex;
  GenerationJobs* owner = nullptr;

  template <class Message>
  void post(Message message) {
    const std::lock_guard lock(mutex);
    if (owner != nullptr) {
      QMetaObject::invokeMethod(owner, std::move(message), Qt::QueuedConnection);
    }
  }
};

GenerationJobs::GenerationJobs(MotionService& service, TakeList& takes, QObject* parent)
    : QObject(parent), service_(service), takes_(takes), inbox_(std::make_shared<Inbox>()) {
  inbox_->owner = this;
}

GenerationJobs::~GenerationJobs() {
  {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->owner = nullptr;
  }
  for (const GenerationJob& job : jobs_) {
    service_.cancel(job.id);
  }
}

Status GenerationJobs::start(const Timeline& timeline, const RequestOptions& options) {
  Result<GenerationRequest> request = buildRequest(timeline, options);
  if (!request) {
    return request.error();
  }
  if (Status checked = checkRequest(*request); !checked) {
    return checked.error();
  }
  GenerationJob job;
  job.request = *request;
  job.base = options.base;
  job.takeNumber = takes_.nextNumber() + int(jobs_.size());

  JobCallbacks callbacks;
  callbacks.onProgress = [inbox = inbox_](JobId id, const GenerationProgress& progress) {
    inbox->post([inbox, id, progress] { inbox->owner->onProgress(id, progress); });
  };
  callbacks.onFinished = [inbox = inbox_](JobId id, Result<GeneratedMotion> result) {
    inbox->post([inbox, id, result = std::move(result)]() mutable {
      inbox->owner->onFinished(id, std::move(result));
    });
  };
  job.id = service_.submit(*std::move(request), std::move(callbacks));
  jobs_.push_back(std::move(job));
  Q_EMIT changed();
  return {};
}

void GenerationJobs::cancelCurrent() {
  if (jobs_.empty()) {
    return;
  }
  const GenerationJob job = std::move(jobs_.front());
  jobs_.erase(jobs_.begin());
  service_.cancel(job.id);
  Q_EMIT changed();
  Q_EMIT cancelled(job.takeNumber);
}

void GenerationJobs::cancelAll() {
  while (isBusy()) {
    cancelCurrent();
  }
}

std::vector<GenerationJob>::iterator GenerationJobs::findJob(JobId id) {
  return std::find_if(jobs_.begin(), jobs_.end(), [&](const GenerationJob& job) { return job.id == id; });
}

void GenerationJobs::onProgress(JobId id, const GenerationProgress& progress) {
  const auto job = findJob(id);
  if (job == jobs_.end()) {
    return;
  }
  job->progress = progress;
  Q_EMIT changed();
}

void GenerationJobs::onFinished(JobId id, Result<GeneratedMotion> result) {
  const auto found = findJob(id);
  if (found == jobs_.end()) {
    return;
  }
  const GenerationJob job = std::move(*found);
  jobs_.erase(found);
  if (!result) {
    Q_EMIT changed();
    Q_EMIT failed(job.takeNumber, QString::fromStdString(result.error().message));
    return;
  }
  const TakePointer take = makeTake(job.request, *std::move(result), job.base.get(), job.takeNumber);
  takes_.add(take, true);
  Q_EMIT changed();
  Q_EMIT takeReady(take);
}

}  // namespace kinescore
