#include "engine/network/detached_job.h"

#include <chrono>
#include <exception>
#include <new>

#include "engine/generation/engine_failure.h"

namespace kinescore {
namespace {

/// How often a wait looks whether it is to be given up.
constexpr std::chrono::milliseconds kPollTime{10};

Error cancelled() {
  return {ErrorCode::Cancelled, "Generating was cancelled"};
}

// Torch reports what it cannot do by throwing; nothing of that leaves the thread.
Result<GeneratedMotion> guarded(const DetachedJob::Work& work, const ProgressSink& progress,
                                std::stop_token stop) {
  try {
    return work(progress, std::move(stop));
  } catch (const std::bad_alloc&) {
    return Error{
        ErrorCode::EngineFailed,
        "There is not enough memory to generate this; close other programs or shorten it."};
  } catch (const std::exception& e) {
    return engineFailure("The network could not be run", e.what());
  }
}

}  // namespace

DetachedJob::~DetachedJob() {
  stop_.request_stop();
  worker_.wait();
}

bool DetachedJob::isDone() const {
  if (!mail_) return true;
  const std::lock_guard lock(mail_->mutex);
  return mail_->result.has_value();
}

Result<GeneratedMotion> DetachedJob::run(Work work, const ProgressSink& progress,
                                         std::stop_token stop) {
  while (!isDone()) {
    if (stop.stop_requested()) return cancelled();
    std::unique_lock lock(mail_->mutex);
    mail_->changed.wait_for(lock, kPollTime);
  }
  worker_.wait();  // it has answered: the thread is about to be free
  stop_ = std::stop_source();
  const auto mail = mail_ = std::make_shared<Mail>();
  worker_.start([mail, work = std::move(work), token = stop_.get_token()] {
    const ProgressSink post = [&](const GenerationProgress& p) {
      const std::lock_guard lock(mail->mutex);
      mail->progress = p;
      mail->changed.notify_all();
    };
    Result<GeneratedMotion> result = guarded(work, post, token);
    const std::lock_guard lock(mail->mutex);
    mail->result = std::move(result);
    mail->changed.notify_all();
  });
  std::unique_lock lock(mail->mutex);
  for (;;) {
    mail->changed.wait_for(lock, kPollTime);
    if (stop.stop_requested()) {
      stop_.request_stop();
      return cancelled();
    }
    if (const auto told = std::exchange(mail->progress, std::nullopt); told && progress) {
      lock.unlock();
      progress(*told);
      lock.lock();
    }
    if (mail->result && !mail->progress) return *mail->result;
  }
}

}  // namespace kinescore
