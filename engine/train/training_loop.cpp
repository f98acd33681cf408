#include "engine/train/training_loop.h"

#include <algorithm>
#include <thread>

#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/train/contact_sheet.h"

namespace kinescore {
namespace {

constexpr int kStatusSteps = 25;

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
double minutesSince(std::chrono::steady_clock::time_point start) { return secondsSince(start) / 60; }

}  // namespace

TrainingLoop::TrainingLoop(const TrainOptions& options, const TrainProgress& progress, std::stop_token stop)
    : options_(options), progress_(progress), stop_(std::move(stop)), record_(options.output / "losses.csv") {}

Result<TrainSummary> TrainingLoop::run(Trainee& trainee) {
  trainee_ = &trainee;
  start_ = lastCheckpoint_ = lastValidation_ = Clock::now();
  hoursBefore_ = trainee.progress().hours;
  if (auto saved = save(); !saved) return saved.error();
  while (!isFinished() && !stop_.stop_requested()) {
    waitForLock();
    if (stop_.stop_requested()) break;
    oneStep();
    if (minutesSince(lastCheckpoint_) >= options_.checkpointMinutes) {
      if (auto saved = save(); !saved) return saved.error();
    }
    if (minutesSince(lastValidation_) >= options_.validateMinutes) validate();
  }
  const bool stopped = stop_.stop_requested();
  if (!stopped) validate();
  if (auto saved = save(); !saved) return saved.error();
  TrainSummary summary;
  summary.steps = trainee.progress().step;
  summary.hours = trainee.progress().hours;
  summary.stopped = stopped;
  summary.loss = last_.loss;
  summary.featureLoss = last_.featureLoss;
  summary.weights = options_.output / "latest.safetensors";
  return summary;
}

double TrainingLoop::share() const {
  if (options_.steps > 0) return double(trainee_->progress().step) / double(options_.steps);
  return options_.hours > 0 ? secondsSince(start_) / (3600 * options_.hours) : 1;
}

void TrainingLoop::waitForLock() {
  if (options_.lockFile.empty()) return;
  std::error_code ignored;
  bool waited = false;
  while (!stop_.stop_requested() && std::filesystem::exists(options_.lockFile, ignored)) {
    if (!waited) note("waiting for " + options_.lockFile.string());
    waited = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  if (waited) note("going on");
}

void TrainingLoop::oneStep() {
  const auto before = Clock::now();
  const StepReport report = trainee_->step(share());
  const double seconds = secondsSince(before);
  secondsPerStep_ = secondsPerStep_ == 0 ? seconds : 0.95 * secondsPerStep_ + 0.05 * seconds;
  trainee_->progress().hours = hoursBefore_ + secondsSince(start_) / 3600;
  if (report.skipped) {
    ++skipped_;
  } else {
    loss_ += report.loss;
    featureLoss_ += report.featureLoss;
    gradient_ += report.gradient;
    ++counted_;
  }
  if (trainee_->progress().step % kStatusSteps == 0) tellStatus();
}

void TrainingLoop::tellStatus() {
  const double n = std::max(1, counted_);
  last_ = {loss_ / n, featureLoss_ / n};
  TrainStatus status = now();
  status.gradient = gradient_ / n;
  record_.add(status.step, last_.loss, last_.featureLoss);
  if (progress_) progress_(status);
  loss_ = featureLoss_ = gradient_ = 0;
  counted_ = 0;
}

TrainStatus TrainingLoop::now() const {
  TrainStatus status;
  status.step = trainee_ ? trainee_->progress().step : 0;
  status.steps = options_.steps;
  status.loss = last_.loss;
  status.featureLoss = last_.featureLoss;
  status.secondsPerStep = secondsPerStep_;
  status.skipped = skipped_;
  status.secondsLeft = options_.steps > 0 ? double(options_.steps - status.step) * secondsPerStep_
                                          : std::max(0.0, 3600 * options_.hours - secondsSince(start_));
  return status;
}

void TrainingLoop::note(const std::string& text) const {
  TrainStatus status = now();
  status.note = text;
  if (progress_) progress_(status);
}

void TrainingLoop::validate() {
  lastValidation_ = Clock::now();
  TrainStatus status = now();
  const double value = trainee_->validate(status, isFinished());
  record_.addValidation(status.step, value);
  if (auto saved = saveFileSafely(options_.output / "losses.png", pngFromPicture(record_.picture())); !saved) {
    log::warning(saved.error().message);
  }
  if (progress_) progress_(status);
}

Status TrainingLoop::save() {
  lastCheckpoint_ = Clock::now();
  if (auto saved = trainee_->save(last_); !saved) return saved;
  return record_.save();
}

}  // namespace kinescore
