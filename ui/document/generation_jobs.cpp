#include "ui/document/generation_jobs.h"

#include <algorithm>
#include <mutex>

#include <QMetaObject>

namespace kinescore {

namespace {

/// Share of a job's time until its take that listening gets on the bar.
constexpr double kListeningShare = 0.15;
constexpr int kTellEveryMs = 100;
/// The list of what is over is for looking back, not for keeping.
constexpr std::size_t kMostEnded = 20;

}  // namespace

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
    : QObject(parent),
      service_(service),
      takes_(takes),
      sounds_(std::make_shared<SoundMemory>()),
      inbox_(std::make_shared<Inbox>()) {
  inbox_->owner = this;
  tell_.setSingleShot(true);
  tell_.setInterval(kTellEveryMs);
  connect(&tell_, &QTimer::timeout, this, [this] {
    if (isBusy()) {
      Q_EMIT progressed();
    }
  });
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

Status GenerationJobs::start(const Timeline& timeline, const RequestOptions& options,
                             const std::filesystem::path& folder, std::optional<ReportLine> firstLine) {
  std::vector<std::string> files = soundFilesOf(timeline);
  // What is heard may be all that is asked: it is checked when it is known.
  Result<GenerationRequest> request =
      files.empty() ? buildRequest(timeline, options) : arrangedRequest(timeline, options);
  if (!request) {
    return request.error();
  }
  GenerationJob job;
  job.request = *request;
  job.base = options.base;
  job.order = {timeline, options, folder, std::move(firstLine)};
  job.takeNumber = takes_.nextNumber() + int(jobs_.size());

  job.id = files.empty()
               ? service_.submit(*std::move(request), callbacks())
               : service_.submit(listeningMaker(timeline, options, std::move(files), folder), callbacks());
  jobs_.push_back(std::move(job));
  Q_EMIT changed();
  return {};
}

JobCallbacks GenerationJobs::callbacks() const {
  JobCallbacks callbacks;
  callbacks.onProgress = [inbox = inbox_](JobId id, const GenerationProgress& progress) {
    inbox->post([inbox, id, progress] { inbox->owner->onProgress(id, progress); });
  };
  callbacks.onFinished = [inbox = inbox_](JobId id, Result<GeneratedMotion> result) {
    inbox->post([inbox, id, result = std::move(result)]() mutable {
      inbox->owner->onFinished(id, std::move(result));
    });
  };
  return callbacks;
}

MotionService::RequestMaker GenerationJobs::listeningMaker(const Timeline& timeline, const RequestOptions& options,
                                                           std::vector<std::string> files,
                                                           const std::filesystem::path& folder) const {
  return [timeline, options, files = std::move(files), folder, sounds = sounds_, inbox = inbox_](
             JobId id, const ProgressSink& report, std::stop_token stop) -> Result<GenerationRequest> {
    const auto show = [&](const std::string& name, double fraction) {
      GenerationProgress progress{.phase = GenerationProgress::Phase::Listening, .fraction = fraction};
      progress.recording = name;
      report(progress);
    };
    Result<HeardClips> clips = listenToClips(files, folder, *sounds, show, std::move(stop));
    if (!clips) {
      return clips.error();
    }
    RequestOptions heard = options;
    heard.sounds = clips->sounds;
    Result<GenerationRequest> request = buildRequest(timeline, heard);
    if (!request) {
      // Nothing may be left because of what could not be heard.
      const std::string why = clips->problems.empty() ? std::string() : clips->problems.front() + " ";
      return Error{request.error().code, why + request.error().message};
    }
    inbox->post([inbox, id, request = *request, clips = *std::move(clips)]() mutable {
      inbox->owner->onListened(id, std::move(request), clips);
    });
    return request;
  };
}

void GenerationJobs::end(const GenerationJob& job, EndedJob::How how, const QString& sentence, const std::string& takeId) {
  ended_.push_back({how, job.id, job.takeNumber, job.request.range, sentence, takeId, job.order});
  if (ended_.size() > kMostEnded) {
    ended_.erase(ended_.begin());
  }
}

Status GenerationJobs::retry(JobId id) {
  const auto found = std::find_if(ended_.begin(), ended_.end(), [&](const EndedJob& job) { return job.id == id; });
  if (found == ended_.end()) {
    return {};
  }
  const JobOrder order = found->order;
  ended_.erase(found);
  return start(order.timeline, order.options, order.folder, order.firstLine);
}

void GenerationJobs::close(JobId id) {
  std::erase_if(ended_, [&](const EndedJob& job) { return job.id == id; });
  Q_EMIT changed();
}

void GenerationJobs::closeAll() {
  ended_.clear();
  Q_EMIT changed();
}

void GenerationJobs::cancelCurrent() {
  if (!jobs_.empty()) {
    cancel(jobs_.front().id);
  }
}

void GenerationJobs::cancel(JobId id) {
  const auto found = findJob(id);
  if (found == jobs_.end()) {
    return;
  }
  const GenerationJob job = std::move(*found);
  jobs_.erase(found);
  service_.cancel(job.id);
  end(job, EndedJob::How::Cancelled);
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
  const bool isSamePhase = job->progress.phase == progress.phase;
  job->progress = progress;
  job->listens |= progress.phase == GenerationProgress::Phase::Listening;
  if (job->listens) {
    job->progress.fraction = progress.phase == GenerationProgress::Phase::Listening
                                 ? kListeningShare * progress.fraction
                                 : kListeningShare + (1 - kListeningShare) * progress.fraction;
  }
  if (!isSamePhase) {
    Q_EMIT changed();
  } else if (!tell_.isActive()) {
    tell_.start();
  }
}

void GenerationJobs::onListened(JobId id, GenerationRequest request, const HeardClips& clips) {
  const auto job = findJob(id);
  if (job == jobs_.end()) {
    return;
  }
  job->request = std::move(request);
  Q_EMIT listened(clips);
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
    end(job, EndedJob::How::Failed, QString::fromStdString(result.error().message));
    Q_EMIT changed();
    Q_EMIT failed(job.takeNumber, QString::fromStdString(result.error().message));
    return;
  }
  if (job.order.firstLine) {
    result->report.lines.insert(result->report.lines.begin(), *job.order.firstLine);
  }
  const TakePointer take = makeTake(job.request, *std::move(result), job.base.get(), job.takeNumber);
  end(job, EndedJob::How::Done, {}, take->id);
  takes_.add(take, true);
  Q_EMIT changed();
  Q_EMIT takeReady(take);
}

}  // namespace kinescore
